import type { FirstFailure } from "../lib/contract/first-failure.ts";
import { CODE_PATTERN, type Params } from "../lib/failure/failure.ts";
import { showName } from "../lib/text/show.ts";
import { readTornObject } from "./torn-json.ts";
import {
  cleanLine,
  countAt,
  lineAt,
  numberAt,
  objectAt,
  objectsAt,
  parseObject,
  rawAt,
  textsAt,
  timeAt,
  type Json,
} from "./untrusted.ts";

const MOST_OUTPUT_LINES = 8;

/** The newest form of the message that this program reads. */
export const KNOWN_VERSION = 1;

const OUTCOMES = [
  "passed",
  "warned",
  "failed",
  "timed-out",
  "cancelled",
  "would-change",
  "undone",
  "running",
  "not-started",
] as const;

export type RunOutcome = (typeof OUTCOMES)[number];

export type ScriptEnd = {
  readonly name: string;
  readonly outcome: string;
  readonly ms: number;
};

/** A failure as a message has it; a script without codes leaves only words. */
export type GivenFailure = {
  readonly script: string;
  readonly code: string | undefined;
  readonly cause: string;
  /** What to do; empty if the message does not say it. */
  readonly fix: string;
  readonly params: Params;
  readonly link: string | undefined;
  /** How the series began that goes on with this failure, where that was another one. */
  readonly first?: FirstFailure | undefined;
  /** The last lines that the script printed, where the cause is a guess from them. */
  readonly output?: readonly string[] | undefined;
};

/** What a termination message of init holds. All texts are clean lines. */
export type InitMessage = {
  /** Written in a form that this program does not know: nothing else in it counts. */
  readonly isNewer: boolean;
  /** undefined if kubelet cut the message before it. */
  readonly outcome: RunOutcome | undefined;
  /** A dry run, or an undo: it prepared no node, whatever its outcome. */
  readonly isOtherAction: boolean;
  /** What decided the outcome, where something did. */
  readonly failure: GivenFailure;
  /** Failures and warnings of other scripts. */
  readonly others: readonly GivenFailure[];
  readonly initVersion: string | undefined;
  readonly nodeImage: string | undefined;
  readonly scripts: readonly ScriptEnd[];
  /** Whether scripts were left out for lack of room. */
  readonly isShortened: boolean;
};

/** Reads a termination message; undefined if init did not write it. */
export function readTerminationMessage(message: string): InitMessage | undefined {
  const { first, last } = endsOf(message);
  if (!last.startsWith("{")) return undefined;
  const whole = parseObject(last);
  const fields = whole ?? readTornObject(last);
  const version = countAt(fields, "v");
  if (version === undefined || version === 0) return undefined;
  const given = lineAt(fields, "outcome");
  const outcome = OUTCOMES.find((known) => known === given);
  const isNewer = version > KNOWN_VERSION;
  // Torn before its outcome, it is still init's; with an outcome that does not exist it is not.
  if (outcome === undefined && !isNewer && (given !== undefined || whole !== undefined)) {
    return undefined;
  }
  return {
    isNewer,
    outcome,
    isOtherAction: (lineAt(fields, "action") ?? "run") !== "run",
    failure: failureIn(first, fields),
    others: objectsAt(fields, "failures").map(otherFailure),
    initVersion: lineAt(fields, "init"),
    nodeImage: lineAt(fields, "nodeImage"),
    scripts: objectsAt(fields, "scripts").flatMap(scriptOf),
    isShortened: whole === undefined || (numberAt(fields, "more") ?? 0) > 0,
  };
}

function endsOf(message: string): { readonly first: string; readonly last: string } {
  const text = message.trimEnd();
  const lineEnd = text.indexOf("\n");
  return lineEnd < 0
    ? { first: "", last: text }
    : { first: text.slice(0, lineEnd), last: text.slice(text.lastIndexOf("\n") + 1) };
}

function failureIn(first: string, fields: Json | undefined): GivenFailure {
  const script = lineAt(fields, "script");
  return {
    script: script ?? "",
    code: codeAt(fields),
    ...withoutLink(wordsOf(first, script, fields), linkAt(fields)),
    params: paramsAt(fields),
    link: linkAt(fields),
    ...beginningAt(fields),
    ...outputAt(fields),
  };
}

/** The first line has the link behind the fix, for people. */
function withoutLink({ cause, fix }: Words, link: string | undefined): Words {
  const end = ` (${link})`;
  return { cause, fix: link !== undefined && fix.endsWith(end) ? fix.slice(0, -end.length) : fix };
}

function beginningAt(fields: Json | undefined): Pick<GivenFailure, "first"> {
  const given = objectAt(fields, "first");
  const code = codeAt(given);
  const time = timeAt(given, "time");
  if (code === undefined || time === undefined) return {};
  return { first: { at: new Date(time).toISOString(), code, cause: lineAt(given, "cause") ?? "" } };
}

function outputAt(fields: Json | undefined): Pick<GivenFailure, "output"> {
  const lines = (rawAt(fields, "output") ?? "").split("\n").slice(-MOST_OUTPUT_LINES);
  const output = lines.map(cleanLine).filter(Boolean);
  return output.length === 0 ? {} : { output };
}

function otherFailure(entry: Json): GivenFailure {
  return {
    script: lineAt(entry, "script") ?? "",
    code: codeAt(entry),
    cause: lineAt(entry, "cause") ?? "",
    fix: lineAt(entry, "fix") ?? "",
    params: paramsAt(entry),
    link: linkAt(entry),
  };
}

function codeAt(fields: Json | undefined): string | undefined {
  const code = rawAt(fields, "code");
  return code !== undefined && CODE_PATTERN.test(code) ? code : undefined;
}

function linkAt(fields: Json | undefined): string | undefined {
  const link = lineAt(fields, "link");
  return link !== undefined && /^https?:\/\//.test(link) ? link : undefined;
}

function paramsAt(fields: Json | undefined): Params {
  const texts = [...textsAt(fields, "params")].slice(0, 8);
  return Object.fromEntries(texts.map(([name, text]) => [cleanLine(name), cleanLine(text)]));
}

type Words = Pick<GivenFailure, "cause" | "fix">;

/**
 * The first line is `<script>: <cause>. <fix>`, or `prepared …: <script>: <cause>. <fix>`. Where the
 * fix begins is in `fixAt`, in bytes; the first releases did not write it.
 */
function wordsOf(first: string, script: string | undefined, fields: Json | undefined): Words {
  const fixAt = countAt(fields, "fixAt");
  const bytes = Buffer.from(first);
  if (fixAt !== undefined && fixAt > 0 && fixAt < bytes.length) {
    const fix = cleanLine(bytes.subarray(fixAt).toString());
    return { cause: causeIn(bytes.subarray(0, fixAt).toString(), script), fix };
  }
  const cause = causeIn(first, script);
  // What a killed container leaves names no fix apart.
  const isUndecided = lineAt(fields, "outcome") === "running";
  const isDivided = fields?.["counts"] !== undefined || codeAt(fields) !== undefined;
  return isDivided && !isUndecided ? { cause, fix: "" } : divide(cause);
}

function causeIn(line: string, script: string | undefined): string {
  const text = cleanLine(line);
  const marker = script === undefined ? undefined : `${cleanLine(showName(script))}: `;
  const at = marker === undefined ? -1 : text.indexOf(marker);
  const cause = marker === undefined || at < 0 ? text : text.slice(at + marker.length);
  return cause.replace(/(?<!\.)\.$/, "");
}

/** Abbreviations after which a capital letter begins no sentence. */
const ABBREVIATIONS = String.raw`\b(?:[Ee]\.g|[Ii]\.e|etc|vs|[Cc]f|approx|incl|resp|[Nn]o|[Nn]r)`;

const SENTENCES = new RegExp(String.raw`^(.+?)(?<!${ABBREVIATIONS})([.!?…]) (?=\p{Lu})(.+)$`, "u");

/** A line of a release that did not write where the fix begins. */
function divide(sentences: string): Words {
  const [, cause = sentences, mark = "", fix = ""] = SENTENCES.exec(sentences) ?? [];
  // A cause that ends as a question or in an ellipsis keeps its mark.
  return { cause: mark === "." ? cause : `${cause}${mark}`, fix };
}

/** A year; what is longer was not measured. */
const LONGEST_MS = 366 * 24 * 3_600_000;

/** The same few names and outcomes come from every node, and one of each is enough in memory. */
const usual = new Map<string, string>();
const MOST_USUAL = 10_000;

function scriptOf(entry: Json): readonly ScriptEnd[] {
  const name = usualLine(rawAt(entry, "name"));
  const outcome = usualLine(rawAt(entry, "outcome"));
  const ms = numberAt(entry, "ms");
  if (name === "" || outcome === "" || ms === undefined) return [];
  return ms > LONGEST_MS ? [] : [{ name, outcome, ms }];
}

function usualLine(text = ""): string {
  const known = usual.get(text);
  if (known !== undefined) return known;
  const line = cleanLine(text);
  if (usual.size < MOST_USUAL) usual.set(text, line);
  return line;
}
