/** The write-ahead logs of a database: what was written and is not in tables yet. */
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import { readInfoLog } from "./info-log.ts";
import { readLog } from "./log-file.ts";
import type { Manifest } from "./manifest.ts";
import { type OpenFile, withFile } from "./open-file.ts";
import type { Problem } from "./problem.ts";
import { type Tally, emptyTally, readBatch } from "./write-batch.ts";

export type Wals = {
  /** The files that count, in order. */
  readonly files: readonly string[];
  readonly totals: Readonly<Tally>;
  /** Of the last entry; 0 if there is none. */
  readonly lastSequence: number;
};

/**
 * Reads all that the database has not put into tables. Each entry has the sequence number that
 * follows the one before, also from file to file, so a file that is missing leaves a gap.
 */
export function readWals(directory: string, manifest: Manifest): Result<Wals, Problem> {
  const numbers = liveWals(directory, manifest);
  const missing = missingWal(directory, manifest, numbers);
  if (missing !== undefined) return fail(missing);
  const totals = emptyTally();
  let next = 0;
  let isCut = false;
  for (const number of numbers) {
    const expected = next > 0 ? next : undefined;
    const read = withFile(join(directory, walName(number)), (file) =>
      readWal(file, number, { manifest, totals, expected, first: firstAtMost(manifest, numbers) }),
    );
    if (!read.ok) return read;
    ({ next, isCut } = read.value);
  }
  const lastSequence = Math.max(next - 1, 0);
  const lost = isCut ? undefined : lostAtTheEnd(manifest, numbers, lastSequence);
  return lost === undefined
    ? ok({ files: numbers.map(walName), totals, lastSequence })
    : fail(lost);
}

type Context = {
  readonly manifest: Manifest;
  readonly totals: Tally;
  /** The sequence number that must come next; undefined before the first entry. */
  readonly expected: number | undefined;
  /** The first entry's is at most this. */
  readonly first: number;
};

type WalEnd = {
  /** The sequence number after the file's last entry. */
  readonly next: number;
  /** A power cut takes what was written last, of a log that was not synced perhaps all. */
  readonly isCut: boolean;
};

function readWal(file: OpenFile, number: number, context: Context): Result<WalEnd, Problem> {
  const { manifest, totals } = context;
  const synced = manifest.trackedWals.get(number) ?? 0;
  if (file.bytes < synced)
    return fail({ kind: "corrupt", file: file.name, why: `has less than its ${synced} bytes` });
  let next = context.expected;
  const end = readLog(file, number, (record) => {
    const { sequence, entries, problem } = readBatch(record, totals);
    if (problem?.kind === "unsupported")
      return { kind: "unsupported", file: file.name, what: problem.what };
    if (problem !== undefined)
      return { kind: "corrupt", file: file.name, why: `a batch of entries in it ${problem.what}` };
    const expected = next ?? Math.min(sequence, context.first);
    if (sequence < expected)
      return { kind: "corrupt", file: file.name, why: `goes back to sequence number ${sequence}` };
    const gap = gapBefore(sequence, expected, manifest);
    if (gap !== undefined) return { kind: "gap", file: file.name, ...gap };
    next = sequence + entries;
    return undefined;
  });
  if (!end.ok) return end;
  return ok({ next: next ?? 0, isCut: end.value === "torn" || file.bytes === 0 });
}

/** The sequence numbers that are missing before `sequence`. A table that was taken in has one, too. */
function gapBefore(
  sequence: number,
  expected: number,
  { tables }: Manifest,
): { readonly from: number; readonly to: number } | undefined {
  let from = expected;
  for (let found = true; found && from < sequence;) {
    const table = tables.find((one) => one.firstSequence <= from && from <= one.lastSequence);
    found = table !== undefined;
    if (table !== undefined) from = table.lastSequence + 1;
  }
  return from >= sequence ? undefined : { from, to: sequence - 1 };
}

/**
 * The highest number that the first entry may have. A log of the number that the MANIFEST names is
 * the first one; where there is none, the MANIFEST was written when all before was in tables.
 */
function firstAtMost(manifest: Manifest, numbers: readonly number[]): number {
  const { lastSequence, flushedUpTo, logNumber } = manifest;
  return 1 + (numbers[0] === logNumber ? lastSequence : (flushedUpTo ?? lastSequence));
}

/** The MANIFEST counts entries that are neither in a table nor in a log: a log after these is missing. */
function lostAtTheEnd(
  manifest: Manifest,
  numbers: readonly number[],
  lastInWals: number,
): Problem | undefined {
  const { flushedUpTo, lastSequence, tables } = manifest;
  const inTables = Math.max(0, ...tables.map((table) => table.lastSequence));
  const from = Math.max(inTables, lastInWals, flushedUpTo ?? 0) + 1;
  if (from > lastSequence || (lastInWals === 0 && flushedUpTo === undefined)) return undefined;
  const last = numbers.at(-1);
  const file = last === undefined ? "its write-ahead log" : walName(last);
  return { kind: "gap", file, from, to: lastSequence };
}

function missingWal(
  directory: string,
  { trackedWals, logNumber }: Manifest,
  numbers: readonly number[],
): Problem | undefined {
  for (const [number, bytes] of trackedWals)
    if (number >= logNumber && bytes > 0 && !numbers.includes(number))
      return { kind: "missing", file: walName(number), why: "its MANIFEST names it" };
  const { walDirectory, wals, newerThan } = readInfoLog(directory);
  const elsewhere = walDirectory !== undefined && resolve(walDirectory) !== resolve(directory);
  const where = elsewhere ? `; by its LOG the logs are in ${walDirectory}` : "";
  const named = wals.find((number) => number >= logNumber && !numbers.includes(number));
  if (named !== undefined)
    return { kind: "missing", file: walName(named), why: `its LOG names it${where}` };
  const newest = numbers.at(-1) ?? 0;
  const atLeast = Math.max(logNumber, newerThan + 1);
  if (newest >= atLeast || !hasBeenOpened(directory)) return undefined;
  const why = `a database that was open has a write-ahead log of this number, or a higher one${where}`;
  return { kind: "missing", file: walName(atLeast), why };
}

/** RocksDB leaves these in what it has open; a checkpoint or a restored backup has neither, and no log. */
function hasBeenOpened(directory: string): boolean {
  return ["IDENTITY", "LOG"].some((name) => existsSync(join(directory, name)));
}

function liveWals(directory: string, { logNumber }: Manifest): number[] {
  return readdirSync(directory)
    .flatMap((name) => /^(\d+)\.log$/.exec(name)?.[1] ?? [])
    .map(Number)
    .filter((number) => number >= logNumber)
    .toSorted((a, b) => a - b);
}

function walName(number: number): string {
  return `${String(number).padStart(6, "0")}.log`;
}
