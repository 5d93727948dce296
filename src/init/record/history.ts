import { isFirstFailure, type FirstFailure } from "../../lib/contract/first-failure.ts";
import {
  formatEntry,
  parseEntry,
  type AppliedEntry,
  type EndEntry,
  type Entry,
  type NotPreparedEntry,
  type PreparedEntry,
  type RunEntry,
  type StartEntry,
} from "../../lib/contract/record-entry.ts";

/** What a record shows of the runs so far. */
export type History = {
  /** How each script ended last, by keyOf; none of one that a later run may have begun unrecorded. */
  readonly lastEnds: ReadonlyMap<string, EndEntry>;
  /** How the failures of a script began that did not pass since, by keyOf. */
  readonly firstFailures: ReadonlyMap<string, FirstFailure>;
  /** When a script passed that has not been undone since, by keyOf. */
  readonly applied: ReadonlyMap<string, string>;
  /** Scripts that were started and never ended: the run was interrupted. */
  readonly unfinished: readonly StartEntry[];
  /** The last run, if it was interrupted: with those of its scripts of which nothing else is known. */
  readonly interrupted: RunEntry | undefined;
  /** The last run that succeeded. */
  readonly prepared: PreparedEntry | undefined;
  /** The last run, if it ended and did not succeed. */
  readonly failed: NotPreparedEntry | undefined;
  /** Lines that are torn, garbage or of another version; kept as they are. */
  readonly foreign: readonly string[];
};

export const EMPTY_HISTORY: History = {
  lastEnds: new Map(),
  firstFailures: new Map(),
  applied: new Map(),
  unfinished: [],
  interrupted: undefined,
  prepared: undefined,
  failed: undefined,
  foreign: [],
};

/** Two products may have scripts of the same name in different directories. */
export function keyOf(directory: string, script: string): string {
  return `${directory}\0${script}`;
}

/** Reads a record; a torn last line, as a power cut leaves it, is a foreign line like others. */
export function readHistory(text: string): History {
  const lastEnds = new Map<string, EndEntry>();
  const firstFailures = new Map<string, FirstFailure>();
  const applied = new Map<string, string>();
  const running = new Map<string, StartEntry>();
  /** What the current run is to run yet, with how each ended before. */
  const waiting = new Map<
    string,
    { readonly script: string; readonly end: EndEntry | undefined }
  >();
  const foreign: string[] = [];
  let run: RunEntry | undefined;
  let prepared: PreparedEntry | undefined;
  let failed: NotPreparedEntry | undefined;

  for (const line of text.split("\n")) {
    if (line === "") continue;
    const entry = parseEntry(line);
    if (entry === undefined) foreign.push(line);
    else take(entry);
  }
  const scripts = [...waiting.values()].map(({ script }) => script);
  const interrupted = run && { ...run, scripts };
  const unfinished = [...running.values()];
  return { lastEnds, firstFailures, applied, unfinished, interrupted, prepared, failed, foreign };

  function take(entry: Entry): void {
    switch (entry.type) {
      case "run":
        begin(entry);
        break;
      case "start":
        lastEnds.delete(forget(entry));
        running.set(keyOf(entry.directory, entry.script), entry);
        break;
      case "end":
        running.delete(forget(entry));
        lastEnds.set(keyOf(entry.directory, entry.script), entry);
        noteFirst(entry);
        noteApplied(entry);
        break;
      case "prepared":
        prepared = entry;
        failed = undefined;
        end();
        break;
      case "not-prepared":
        failed = entry;
        end();
        break;
      case "applied":
        for (const [script, at] of Object.entries(entry.scripts))
          applied.set(keyOf(entry.directory, script), at);
        break;
      case "undone":
        failed = undefined;
        end();
        break;
    }
  }

  function noteFirst(entry: EndEntry): void {
    const key = keyOf(entry.directory, entry.script);
    if (ENDS_SERIES.has(entry.outcome)) firstFailures.delete(key);
    const first = entry.first ?? firstFailures.get(key) ?? firstOf(entry);
    if (first !== undefined && FAILING.has(entry.outcome)) firstFailures.set(key, first);
  }

  function noteApplied({ directory, script, applied: at }: EndEntry): void {
    if (at === undefined) applied.delete(keyOf(directory, script));
    else applied.set(keyOf(directory, script), at);
  }

  /** Until its end is recorded, a script that is to run may have run and failed. */
  function begin(entry: RunEntry): void {
    run = entry;
    failed = undefined;
    running.clear();
    waiting.clear();
    for (const script of entry.scripts) {
      const key = keyOf(entry.directory, script);
      waiting.set(key, { script, end: lastEnds.get(key) });
      lastEnds.delete(key);
    }
  }

  /** All entries of the run are there: what has none did not run, and is as it was before. */
  function end(): void {
    for (const [key, { end: before }] of waiting) if (before) lastEnds.set(key, before);
    waiting.clear();
    run = undefined;
  }

  function forget({ directory, script }: StartEntry | EndEntry): string {
    const key = keyOf(directory, script);
    waiting.delete(key);
    return key;
  }
}

const ENDS_SERIES: ReadonlySet<string> = new Set(["passed", "warned", "undone"]);

/** An interruption or a signal in between does not end a series of failures. */
const FAILING: ReadonlySet<string> = new Set(["failed", "timed-out", "interrupted", "cancelled"]);

function firstOf({ at, outcome, failures }: EndEntry): FirstFailure | undefined {
  const [failure] = Array.isArray(failures) ? failures : [];
  const first = { at, code: failure?.code, cause: failure?.cause };
  const isFailure = outcome === "failed" || outcome === "timed-out";
  return isFailure && isFirstFailure(first) ? first : undefined;
}

/** How the last run ended, as scripts get it in PREVIOUS_RUN; undefined if there was none. */
export function previousRun(history: History): "passed" | "failed" | "interrupted" | undefined {
  if (history.interrupted !== undefined || history.unfinished.length > 0) return "interrupted";
  if (history.failed !== undefined) return "failed";
  return history.prepared === undefined ? undefined : "passed";
}

/** Foreign lines may be of a newer version and are kept, up to this much. */
const FOREIGN_BYTES = 64 * 1024;

/** The same history in as few lines as it takes. */
export function compactHistory(history: History): string {
  const { lastEnds, prepared, failed, interrupted, unfinished } = history;
  const entries: (Entry | undefined)[] = [
    ...appliedEntries(history),
    ...lastEnds.values(),
    prepared,
    failed,
    interrupted,
    ...unfinished,
  ];
  const lines = entries.flatMap((entry) => (entry === undefined ? [] : [formatEntry(entry)]));
  return `${newestWithin(history.foreign, FOREIGN_BYTES)}${lines.join("")}`;
}

/** Of scripts of which an end is not known any more. */
function appliedEntries({ applied, lastEnds }: History): readonly AppliedEntry[] {
  const left = [...applied].filter(([key]) => !lastEnds.has(key));
  const byDirectory = Map.groupBy(left, ([key]) => key.slice(0, key.indexOf("\0")));
  return [...byDirectory].map(([directory, group]) => {
    const times = group.map(([key, at]) => [key.slice(directory.length + 1), at] as const);
    return { v: 1, type: "applied", directory, scripts: Object.fromEntries(times) };
  });
}

function newestWithin(lines: readonly string[], limit: number): string {
  const kept: string[] = [];
  let size = 0;
  for (const line of lines.toReversed()) {
    size += Buffer.byteLength(line) + 1;
    if (size > limit) break;
    kept.unshift(`${line}\n`);
  }
  return kept.join("");
}
