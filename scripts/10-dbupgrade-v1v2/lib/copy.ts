/** Copies a v1 database to a v2 database beside it, makes it last, and verifies it. v1 is only read. */
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import type { Content } from "./checksum.ts";
import { type Counted, checkComplete } from "./complete.ts";
import { createCrew } from "./crew.ts";
import { type Database, closeDatabase, latestSequence, openToRead, tablesOf } from "./database.ts";
import { makeFilesLike } from "./likeness.ts";
import type { Paths } from "./look/layout.ts";
import { startProgress } from "./progress.ts";
import { rewrite } from "./rewrite.ts";
import { type RocksDb, loadRocksDb } from "./rocksdb.ts";
import { syncTree } from "./sync-tree.ts";
import { makeUnfinished } from "./unfinished.ts";
import { verify } from "./verify.ts";
import * as say from "./wording.ts";

/** Read v1, write v2, read v2 back. */
const PASSES = 3;

export type Copied = {
  readonly content: Content;
  /** The sequence number of v2's last write. */
  readonly sequence: number;
};

export type CopyJob = {
  readonly paths: Paths;
  /** Of all keys and values, for the progress. */
  readonly bytes: number;
  /** The inodes that may occur, in ascending order; if there are none, all may. */
  readonly blobs: readonly bigint[];
  /** What its files hold. */
  readonly counted: Counted;
};

/**
 * `"misfit"`: a key is not v1, or not of the inodes that may occur.
 * After success a whole v2 lies at `paths.next`, still marked as unfinished; nothing else has changed.
 */
export async function copyToV2(
  job: CopyJob,
  print: (line: string) => void,
): Promise<Result<Copied, Failure | "misfit">> {
  const { paths } = job;
  const rocks = loadRocksDb();
  if (!rocks.ok) return rocks;
  const v1 = openToRead(rocks.value, paths.current);
  if (!v1.ok) return fail(say.unreadable(paths.current, v1.error));
  try {
    return await copyFrom(rocks.value, v1.value, job, print);
  } catch (error) {
    return fail(say.upgradeFailed(paths, (error as Error).message));
  } finally {
    closeDatabase(rocks.value, v1.value);
  }
}

async function copyFrom(
  rocks: RocksDb,
  v1: Database,
  { paths, bytes, blobs, counted }: CopyJob,
  print: (line: string) => void,
): Promise<Result<Copied, Failure | "misfit">> {
  const crew = createCrew();
  const told = (line: string) => print(`${paths.current}: ${line}`);
  const progress = startProgress(bytes, PASSES, crew.bytesDone, told);
  try {
    makeUnfinished(paths);
    const rewritten = await rewrite(rocks, crew, v1, paths.next, blobs);
    if (!rewritten.ok) return fail(say.upgradeFailed(paths, rewritten.error));
    if (rewritten.value.kind === "misfit") return fail("misfit");
    const { content, entries } = rewritten.value;
    const complete = checkComplete(rocks, v1, entries, counted);
    if (!complete.ok) return fail(say.unreadable(paths.current, complete.error));
    makeFilesLike(paths.current, paths.next);
    syncTree(paths.next);
    const verified = await verify(crew, paths.next, content);
    if (!verified.ok) return fail(say.upgradeFailed(paths, `reading v2 back: ${verified.error}`));
    return openV2(rocks, paths, content, verified.value.tables);
  } finally {
    progress.stop();
  }
}

/** The files are as they should be; this sees that RocksDB takes them for the same database. */
function openV2(
  rocks: RocksDb,
  paths: Paths,
  content: Content,
  tables: number,
): Result<Copied, Failure> {
  const v2 = openToRead(rocks, paths.next);
  if (!v2.ok) return fail(say.upgradeFailed(paths, `opening v2: ${v2.error}`));
  const sequence = latestSequence(rocks, v2.value);
  const known = tablesOf(rocks, v2.value).length;
  closeDatabase(rocks, v2.value);
  if (known === tables) return ok({ content, sequence });
  return fail(say.upgradeFailed(paths, `RocksDB knows ${known} of the ${tables} tables of v2`));
}
