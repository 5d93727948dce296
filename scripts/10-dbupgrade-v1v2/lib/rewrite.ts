/** Makes a v2 database of a v1 database: read and check, sort outside memory, write tables, ingest. */
import { closeSync, openSync, readdirSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { type Result, ok } from "../../../src/lib/result.ts";
import { type Content, NO_PAIRS, join as joinContents } from "./checksum.ts";
import type { Crew } from "./crew.ts";
import {
  type Database,
  type Options,
  closeDatabase,
  createDatabase,
  ingest,
  optionsLike,
  tablesOf,
} from "./database.ts";
import { inodeWords } from "./key-codec.ts";
import { copyOptions } from "./options-file.ts";
import { numberOfParts, rangesOf } from "./parts.ts";
import type { Misfit, ReadPart } from "./read-part.ts";
import type { RocksDb } from "./rocksdb.ts";
import { cutRuns } from "./run-cut.ts";
import { workDirectoryOf } from "./unfinished.ts";

/** Memory of all parts together, in bytes: for gathering pairs to runs, then for reading the runs. */
const GATHERING_BYTES = 128 << 20;
const MERGING_BYTES = 48 << 20;

export type Rewritten =
  | { readonly kind: "written"; readonly content: Content; readonly entries: number }
  | { readonly kind: "misfit"; readonly misfit: Misfit };

/**
 * Writes the pairs of `v1` to a new database in the directory `target`, which was made for it. `blobs` are
 * the inodes that may occur; if it is empty, all may. The error is a system's or RocksDB's own text.
 */
export async function rewrite(
  rocks: RocksDb,
  crew: Crew,
  v1: Database,
  target: string,
  blobs: readonly bigint[],
): Promise<Result<Rewritten, string>> {
  const workDirectory = workDirectoryOf(target);
  const ranges = rangesOf(tablesOf(rocks, v1), numberOfParts());
  const files = ranges.map((_, part) => openNameless(join(workDirectory, `runs-${part}`)));
  try {
    const read = await crew.read(
      ranges.map((range, part) => ({
        database: v1.handle,
        range,
        blobs: wordsOf(blobs),
        runsFile: files[part] as number,
        memory: Math.floor(GATHERING_BYTES / ranges.length),
      })),
    );
    if (!read.ok) return read;
    const misfit = read.value.find((part) => part.misfit !== undefined)?.misfit;
    if (misfit !== undefined) return ok({ kind: "misfit", misfit });
    const written = await writeTables(rocks, crew, target, workDirectory, read.value, v1.path);
    if (!written.ok) return written;
    for (const name of readdirSync(workDirectory)) rmSync(join(workDirectory, name));
    copyOptions(v1.path, target);
    const content = read.value.map((part) => part.content).reduce(joinContents, NO_PAIRS);
    const entries = read.value.reduce((sum, part) => sum + part.entries, 0);
    return ok({ kind: "written", content, entries });
  } finally {
    for (const file of files) closeSync(file);
  }
}

/** A file that vanishes with the process, however that ends. */
function openNameless(path: string): number {
  const fd = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  return fd;
}

function wordsOf(inodes: readonly bigint[]): { high: Int32Array; low: Int32Array } {
  const words = inodes.map(inodeWords);
  return {
    high: Int32Array.from(words, ({ high }) => high),
    low: Int32Array.from(words, ({ low }) => low),
  };
}

async function writeTables(
  rocks: RocksDb,
  crew: Crew,
  target: string,
  workDirectory: string,
  parts: readonly ReadPart[],
  model: string,
): Promise<Result<void, string>> {
  const options = optionsLike(rocks, model);
  const runs = parts.flatMap((part) => part.runs);
  const pieces = cutRuns(runs, numberOfParts());
  const largestRecordWords = Math.max(...parts.map((part) => part.largestRecordWords));
  const written = await crew.write(
    pieces.map((piece, part) => ({
      runs: piece,
      largestRecordWords,
      options,
      prefix: join(workDirectory, `part-${part}-`),
      memory: Math.floor(MERGING_BYTES / pieces.length),
    })),
  );
  return written.ok ? fillDatabase(rocks, target, options, written.value.flat()) : written;
}

function fillDatabase(
  rocks: RocksDb,
  path: string,
  options: Options,
  files: readonly string[],
): Result<void, string> {
  const created = createDatabase(rocks, path, options);
  if (!created.ok) return created;
  const ingested = ingest(rocks, created.value, files);
  closeDatabase(rocks, created.value);
  return ingested;
}
