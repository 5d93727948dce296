import {
  formatEntry,
  parseEntry,
  type EndEntry,
  type Entry,
  type PreparedEntry,
  type StartEntry,
} from "./entry.ts";

/** What a record says of the runs so far. */
export type History = {
  /** How each script ended last, by its name. */
  readonly lastEnds: ReadonlyMap<string, EndEntry>;
  /** Scripts that were begun and never ended: the run was cut off. */
  readonly unfinished: readonly StartEntry[];
  /** The last run that succeeded. */
  readonly prepared: PreparedEntry | undefined;
  /** Lines that are torn, garbage or of another version; kept as they are. */
  readonly foreign: readonly string[];
};

export const EMPTY_HISTORY: History = {
  lastEnds: new Map(),
  unfinished: [],
  prepared: undefined,
  foreign: [],
};

/** Reads a record; a torn last line, as a power cut leaves it, is a foreign line like others. */
export function readHistory(text: string): History {
  const lastEnds = new Map<string, EndEntry>();
  const running = new Map<string, StartEntry>();
  const foreign: string[] = [];
  let prepared: PreparedEntry | undefined;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const entry = parseEntry(line);
    if (entry === undefined) {
      foreign.push(line);
    } else if (entry.type === "prepared") {
      prepared = entry;
    } else if (entry.type === "start") {
      running.set(entry.script, entry);
    } else {
      running.delete(entry.script);
      lastEnds.set(entry.script, entry);
    }
  }
  return { lastEnds, unfinished: [...running.values()], prepared, foreign };
}

/** Foreign lines may be of a newer version and are kept, up to this much. */
const FOREIGN_BYTES = 64 * 1024;

/** The same history in as few lines as it takes. */
export function compactHistory(history: History): string {
  const entries: Entry[] = [...history.lastEnds.values(), ...history.unfinished];
  if (history.prepared !== undefined) entries.push(history.prepared);
  return `${newestWithin(history.foreign, FOREIGN_BYTES)}${entries.map(formatEntry).join("")}`;
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
