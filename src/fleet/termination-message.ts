import { cleanLine, lineAt, listAt, numberAt, objectOf, type Json } from "./untrusted.ts";

export type ToldOutcome =
  | "passed"
  | "warned"
  | "failed"
  | "timed-out"
  | "cancelled"
  | "running"
  | "not-started";

export type ToldScript = {
  readonly name: string;
  readonly outcome: string;
  readonly ms: number;
};

/** What a termination message of init says. */
export type Told = {
  readonly outcome: ToldOutcome;
  /** The script that decided the outcome. */
  readonly script: string | undefined;
  readonly cause: string;
  /** What to do; empty if the message says nothing of it. */
  readonly fix: string;
  readonly initVersion: string | undefined;
  readonly nodeImage: string | undefined;
  readonly scripts: readonly ToldScript[];
  /** Whether scripts were left out of the message for want of room. */
  readonly isShortened: boolean;
};

const OUTCOMES: ReadonlySet<string> = new Set<ToldOutcome>([
  "passed",
  "warned",
  "failed",
  "timed-out",
  "cancelled",
  "running",
  "not-started",
]);

/** A year; what is longer was not measured. */
const LONGEST_MS = 366 * 24 * 3_600_000;

/** Reads a termination message; undefined if init did not write it. */
export function readTerminationMessage(message: string): Told | undefined {
  const { first, last } = endsOf(message);
  const fields = parseObject(last);
  const outcome = lineAt(fields, "outcome");
  if (fields === undefined || numberAt(fields, "v") === undefined) return undefined;
  if (outcome === undefined || !OUTCOMES.has(outcome)) return undefined;
  const script = lineAt(fields, "script");
  return {
    outcome: outcome as ToldOutcome,
    script,
    ...wordsOf(first, script, numberAt(fields, "fixAt")),
    initVersion: lineAt(fields, "init"),
    nodeImage: lineAt(fields, "nodeImage"),
    scripts: listAt(fields, "scripts").map(objectOf).flatMap(scriptOf),
    isShortened: (numberAt(fields, "more") ?? 0) > 0,
  };
}

/**
 * What a message that is not init's comes to, in a line: with FallbackToLogsOnError it is the end of
 * the log, and the original wrote none at all. Empty if it says nothing.
 */
export function lineOfOtherMessage(message: string): string {
  const lines = message.slice(-4096).split("\n").map(cleanLine).filter(Boolean);
  const verdict = lines.findLast((line) => line.includes("init failed: "));
  return (verdict ?? lines.at(-1) ?? "").replace(/^\S+ (?=init failed: )/, "");
}

function endsOf(message: string): { readonly first: string; readonly last: string } {
  const text = message.trimEnd();
  const lineEnd = text.indexOf("\n");
  return lineEnd < 0
    ? { first: "", last: text }
    : { first: text.slice(0, lineEnd), last: text.slice(text.lastIndexOf("\n") + 1) };
}

function parseObject(text: string): Json | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Cause and fix of the first line, divided where the fix begins (in bytes); older messages do not say where. */
function wordsOf(
  first: string,
  script: string | undefined,
  fixAt: number | undefined,
): Pick<Told, "cause" | "fix"> {
  const bytes = Buffer.from(first);
  if (fixAt === undefined || fixAt <= 0 || fixAt >= bytes.length)
    return divide(cleanLine(first), script);
  const before = cleanLine(bytes.toString("utf8", 0, fixAt));
  const marker = script === undefined ? "" : `${script}: `;
  const at = before.indexOf(marker);
  const cause = at < 0 ? before : before.slice(at + marker.length);
  return { cause: cause.replace(/\.$/, ""), fix: cleanLine(bytes.toString("utf8", fixAt)) };
}

/** `<script>: <cause>. <fix>`, or `prepared with 1 warning in 3s: <script>: <cause>. <fix>`. */
function divide(said: string, script: string | undefined): Pick<Told, "cause" | "fix"> {
  const marker = script === undefined ? undefined : `${script}: `;
  const at = marker === undefined ? -1 : said.indexOf(marker);
  const sentences = marker === undefined || at < 0 ? said : said.slice(at + marker.length);
  const [, cause = sentences, mark = "", fix = ""] =
    /^(.+?)([.!?…]) (?=\p{Lu})(.+)$/u.exec(sentences) ?? [];
  // A cause that ends as a question or in an ellipsis keeps its mark.
  return { cause: mark === "." ? cause : `${cause}${mark}`, fix };
}

function scriptOf(entry: Json | undefined): readonly ToldScript[] {
  const name = lineAt(entry, "name");
  const outcome = lineAt(entry, "outcome");
  const ms = numberAt(entry, "ms");
  if (name === undefined || outcome === undefined || ms === undefined) return [];
  return ms > LONGEST_MS ? [] : [{ name, outcome, ms }];
}
