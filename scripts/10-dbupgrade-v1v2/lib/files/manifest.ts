/** What a database consists of: its MANIFEST is a log of edits, and CURRENT names the valid one. */
import { join } from "node:path";
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import { type LogEnd, readLog } from "./log-file.ts";
import { readAt, withFile } from "./open-file.ts";
import type { Problem } from "./problem.ts";
import { type Edit, type TableEntry, parseEdit } from "./version-edit.ts";

export type Manifest = {
  /** `MANIFEST-` and its number. */
  readonly file: string;
  readonly end: LogEnd;
  /** By name; "default" is always one. */
  readonly columnFamilies: readonly string[];
  /** The name of the order of keys. */
  readonly comparator: string;
  /** The table files that are valid. */
  readonly tables: readonly TableEntry[];
  /** What is not in tables yet is in write-ahead logs from this number on. */
  readonly logNumber: number;
  /** The highest sequence number when the last edit was written. */
  readonly lastSequence: number;
  /** The sequence number up to which all was in tables when `logNumber` was set, where that shows. */
  readonly flushedUpTo: number | undefined;
  /** Write-ahead logs that must exist, and how many bytes of them at least: by number. */
  readonly trackedWals: ReadonlyMap<number, number>;
  /** What this program does not understand, by name. */
  readonly unsupported: readonly string[];
};

const LONGEST_CURRENT = 100;

/** Reads the MANIFEST of the database in `directory`, without RocksDB. */
export function readManifest(directory: string): Result<Manifest, Problem> {
  const current = withFile(join(directory, "CURRENT"), (file) => {
    const bytes = Buffer.alloc(LONGEST_CURRENT);
    const text = bytes.toString("latin1", 0, readAt(file, bytes, 0));
    const name = /^(MANIFEST-\d+)\n$/.exec(text)?.[1];
    if (name !== undefined) return ok(name);
    return fail({ kind: "corrupt", file: file.name, why: "names no MANIFEST" });
  });
  if (!current.ok) return current;
  return withFile(join(directory, current.value), (file) => {
    const state = createState();
    const end = readLog(file, 0, (record) => {
      const edit = parseEdit(record);
      if (!edit.ok) return { kind: "corrupt", file: file.name, why: `an edit in it ${edit.error}` };
      state.apply(edit.value);
      return undefined;
    });
    return end.ok ? ok({ file: file.name, end: end.value, ...state.result() }) : end;
  });
}

function createState() {
  const families = new Map([[0, "default"]]);
  const tables = new Map<number, TableEntry>();
  const trackedWals = new Map<number, number>();
  const unsupported = new Set<string>();
  let comparator = "leveldb.BytewiseComparator";
  let logNumber = 0;
  let lastSequence = 0;
  let flushedUpTo: number | undefined;

  function applyFamilies({ columnFamily, addsFamily, dropsFamily }: Edit): void {
    if (addsFamily !== undefined) families.set(columnFamily, addsFamily);
    if (dropsFamily === true) families.delete(columnFamily);
  }
  function applyLogs(edit: Edit): void {
    if (edit.logNumber !== undefined && edit.logNumber > logNumber) {
      logNumber = edit.logNumber;
      flushedUpTo = flushedBy(edit) ?? edit.lastSequence;
    }
    for (const { number, bytes } of edit.wals)
      trackedWals.set(number, Math.max(bytes, trackedWals.get(number) ?? 0));
    for (const number of trackedWals.keys())
      if (number < (edit.walsDeletedBefore ?? 0)) trackedWals.delete(number);
  }
  return {
    apply(edit: Edit): void {
      applyFamilies(edit);
      if (edit.unsupported !== undefined) unsupported.add(edit.unsupported);
      if (edit.lastSequence !== undefined) lastSequence = Math.max(lastSequence, edit.lastSequence);
      // With several column families nothing is read, so their other edits are not told apart.
      if (edit.columnFamily !== 0) return;
      if (edit.comparator !== undefined) comparator = edit.comparator;
      for (const number of edit.deleted) tables.delete(number);
      for (const table of edit.added) tables.set(table.number, table);
      applyLogs(edit);
    },
    result: () => ({
      columnFamilies: [...families.values()],
      comparator,
      tables: [...tables.values()],
      logNumber,
      lastSequence,
      flushedUpTo,
      trackedWals,
      unsupported: [...unsupported],
    }),
  };
}

/** The last sequence number that a flush wrote to tables; undefined if the edit is not of a flush. */
function flushedBy({ added, deleted }: Edit): number | undefined {
  if (added.length === 0 || deleted.length > 0) return undefined;
  if (added.some(({ level }) => level !== 0)) return undefined;
  return Math.max(...added.map(({ lastSequence }) => lastSequence));
}
