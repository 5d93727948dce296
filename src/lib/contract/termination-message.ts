/**
 * The termination message: what is left of a run in the pod's status. Its first line is for people
 * (`<script>: <cause>. <fix>`), its last line is JSON for programs. Kubelet keeps 4096 bytes of one
 * container and divides 12288 bytes among all containers of a pod, init containers included, and cuts
 * each message from its end (kubernetes/pkg/kubelet/kuberuntime): so what matters most comes first.
 */
import type { FirstFailure } from "./first-failure.ts";
import type { Failure } from "../failure/failure.ts";
import { fixWithLink, joinSentences, showName } from "../text/show.ts";
import { shortenUtf8 } from "../text/utf8.ts";

const MOST_BYTES = 4096;
const POD_BYTES = 12_288;
/** Enough for a pod of twelve containers, where their number is not known. */
const USUAL_BYTES = 1024;
/** What the first line may take even if the JSON has to give way. */
const FIRST_LINE_BYTES = 480;
const NAME_BYTES = 160;
const CAUSE_BYTES = 200;
const MOST_SCRIPTS = 200;
/** What the output may take of the list of scripts. */
const LEAST_OUTPUT_BYTES = 240;

export type ScriptEnd = {
  readonly name: string;
  readonly outcome: string;
  readonly ms: number;
  readonly attempts?: number;
};

export type ScriptFailure = { readonly script: string; readonly failure: Failure };

export type TerminationReport = {
  readonly outcome: string;
  /** What the run was to do; anything but "run" prepared no node. */
  readonly action: string;
  /** What the first line says before the decisive failure, such as `prepared: 2 scripts in 3s`. */
  readonly lead: string;
  /** The decisive failure, and the script that it is of; a failure of the run itself has none. */
  readonly script: string | undefined;
  readonly failure: Failure | undefined;
  /** The script's exit status. */
  readonly status: number | undefined;
  /** How the series began that goes on with the decisive failure, where that was another failure. */
  readonly first: FirstFailure | undefined;
  /** The last lines of the script's output, where the cause is a guess from them; else empty. */
  readonly output: string;
  /** Failures and warnings beside the decisive one. */
  readonly others: readonly ScriptFailure[];
  readonly counts: Readonly<Record<string, number>>;
  readonly init: string;
  readonly nodeImage: string | undefined;
  readonly scripts: readonly ScriptEnd[];
};

/** How many bytes a message may have; `containers` counts all of the pod, undefined if unknown. */
export function budgetOf(containers: number | undefined): number {
  if (containers === undefined) return USUAL_BYTES;
  return Math.min(MOST_BYTES, Math.floor(POD_BYTES / Math.max(1, containers)));
}

/** The message in at most `budget` bytes of UTF-8. */
export function formatTerminationMessage(report: TerminationReport, budget: number): string {
  const { outcome, action, script, failure, status, counts, init, nodeImage } = report;
  const said = firstLine(report);
  const head = {
    v: 1,
    outcome,
    ...(action === "run" ? {} : { action }),
    ...(script === undefined ? {} : { script: shortName(script) }),
    ...(status === undefined ? {} : { status }),
    ...(failure === undefined ? {} : { code: failure.code }),
  };
  const tail = { init, ...(nodeImage === undefined ? {} : { nodeImage: shortName(nodeImage) }) };
  const least = { ...head, fixAt: MOST_BYTES, counts, ...tail };
  const room = budget - 1 - sizeOf({ ...least, scripts: [], more: report.scripts.length });
  // The words may take what the list of scripts leaves, and at least FIRST_LINE_BYTES.
  const all = sizeOf({ ...least, ...extrasOf(report), scripts: report.scripts });
  const words = Math.min(room, Math.max(FIRST_LINE_BYTES, budget - 1 - all));
  const first = shortenUtf8(said.text, words);
  const fixAt =
    said.fixAt !== undefined && said.fixAt < Buffer.byteLength(first) ? { fixAt: said.fixAt } : {};
  const base = { ...head, ...fixAt, counts };
  const left = budget - 1 - Buffer.byteLength(first);
  return `${first}\n${fit(base, tail, report, left)}`;
}

type Fields = Readonly<Record<string, unknown>>;

function firstLine({ lead, script, failure }: TerminationReport): {
  readonly text: string;
  readonly fixAt: number | undefined;
} {
  if (failure === undefined) return { text: lead, fixAt: undefined };
  const about = script === undefined ? "" : `${showName(script)}: `;
  const before = `${lead === "" ? "" : `${lead}: `}${about}`;
  const fix = fixWithLink(failure.fix, failure.link).trim();
  const text = `${before}${joinSentences(failure.cause, fix)}`;
  return { text, fixAt: Buffer.byteLength(text) - Buffer.byteLength(fix) };
}

/** What is left out first where there is no room: parameters and the other failures. */
function extrasOf({ failure, first, others }: TerminationReport): Fields {
  const hasParams = failure !== undefined && Object.keys(failure.params).length > 0;
  return {
    ...(hasParams ? { params: failure.params } : {}),
    ...(failure?.link === undefined ? {} : { link: failure.link }),
    ...(first === undefined ? {} : { first: beginningOf(first) }),
    ...(others.length === 0 ? {} : { failures: others.map(entryOf) }),
  };
}

function beginningOf({ at, code, cause }: FirstFailure): Fields {
  return { time: at, code, cause: shortenUtf8(cause, CAUSE_BYTES) };
}

function entryOf({ script, failure: { code, cause } }: ScriptFailure): Fields {
  return { script: shortName(script), code, cause: shortenUtf8(cause, CAUSE_BYTES) };
}

function wholeEntry(other: ScriptFailure): Fields {
  return { ...entryOf(other), fix: shortenUtf8(other.failure.fix, CAUSE_BYTES) };
}

/** The JSON line: the head, then whatever fits, the most important first. */
function fit(head: Fields, tail: Fields, report: TerminationReport, room: number): string {
  const { others, scripts } = report;
  let fields: Fields = { ...head };
  const add = (more: Fields): void => {
    const larger = { ...fields, ...more };
    if (sizeOf({ ...larger, ...tail, scripts: [], more: scripts.length }) <= room) fields = larger;
  };
  const { failures: _, ...extras } = extrasOf(report);
  for (const [name, value] of Object.entries(extras)) add({ [name]: value });
  const short = others.map(({ script, failure: { code } }) => ({
    script: shortName(script),
    code,
  }));
  const counted = (some: readonly Fields[]): Fields =>
    some.length === 0
      ? {}
      : {
          failures: some,
          ...(some.length < others.length ? { moreFailures: others.length - some.length } : {}),
        };
  for (let amount = 1; amount <= short.length; amount++) add(counted(short.slice(0, amount)));
  for (let whole = 1; whole <= others.length; whole++) {
    if ((fields["failures"] as readonly Fields[] | undefined)?.length !== others.length) break;
    add(counted([...others.slice(0, whole).map(entryOf), ...short.slice(whole)]));
  }
  const entries = others.map(entryOf);
  if (JSON.stringify(fields["failures"]) === JSON.stringify(entries)) {
    for (let fixed = 1; fixed <= others.length; fixed++) {
      add(counted([...others.slice(0, fixed).map(wholeEntry), ...entries.slice(fixed)]));
    }
  }
  const output = fitOutput({ ...fields, ...tail, scripts }, report, room);
  return fitScripts({ ...fields, ...output, ...tail }, scripts, room);
}

/** As many of the last lines as the list of scripts leaves room for, or as LEAST_OUTPUT_BYTES hold. */
function fitOutput(others: Fields, { output, failure }: TerminationReport, room: number): Fields {
  const bound = Math.max(room - sizeOf(others), LEAST_OUTPUT_BYTES);
  const least = room - sizeOf({ ...others, scripts: [], more: MOST_SCRIPTS });
  const lines = output.split("\n");
  for (let from = 0; from < lines.length; from++) {
    const text = lines.slice(from).join("\n");
    // One line that is the cause shows nothing more.
    if (text === "" || failure?.cause.includes(text) === true) return {};
    const size = sizeOf({ output: text });
    if (size <= bound && size <= least) return { output: text };
  }
  return {};
}

/** With as many scripts as fit, those that did not pass first, in their order. */
function fitScripts(base: Fields, scripts: readonly ScriptEnd[], room: number): string {
  let left = room - sizeOf({ ...base, scripts: [], more: scripts.length });
  const kept = new Set<ScriptEnd>();
  for (const isFirst of [true, false]) {
    for (const end of scripts) {
      if (isRemarkable(end) !== isFirst || kept.size >= MOST_SCRIPTS) continue;
      const size = sizeOf(shortEnd(end)) + 1;
      if (size > left) break;
      left -= size;
      kept.add(end);
    }
  }
  const told = scripts.filter((end) => kept.has(end)).map(shortEnd);
  const more = scripts.length - told.length;
  return JSON.stringify({ ...base, scripts: told, ...(more === 0 ? {} : { more }) });
}

function isRemarkable({ outcome }: ScriptEnd): boolean {
  return outcome !== "passed" && outcome !== "cancelled";
}

function shortEnd(end: ScriptEnd): ScriptEnd {
  return { ...end, name: shortenUtf8(end.name, NAME_BYTES) };
}

function sizeOf(fields: object): number {
  return Buffer.byteLength(JSON.stringify(fields));
}

/** A name in JSON, short also if JSON makes six bytes of each of its characters (`\u0001`). */
function shortName(name: string): string {
  const short = shortenUtf8(name, NAME_BYTES);
  const isShort = Buffer.byteLength(JSON.stringify(short)) <= NAME_BYTES + 2;
  return isShort ? short : shortenUtf8(name, Math.floor(NAME_BYTES / 6));
}
