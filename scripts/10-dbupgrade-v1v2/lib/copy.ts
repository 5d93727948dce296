/** Copies a v1 database to a v2 database beside it, makes it last, and verifies it. v1 is only read. */
import { chmodSync, chownSync, mkdirSync, statSync } from "node:fs";
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import type { Content } from "./checksum.ts";
import { createCrew } from "./crew.ts";
import type { Database } from "./database.ts";
import type { InodeIndex } from "./inode-index.ts";
import type { Paths } from "./layout.ts";
import { startProgress } from "./progress.ts";
import { rewrite } from "./rewrite.ts";
import type { RocksDb } from "./rocksdb.ts";
import { syncTree } from "./sync-tree.ts";
import { verify } from "./verify.ts";
import * as say from "./wording.ts";

/** Read v1, write v2, read v2 back. */
const PASSES = 3;

/**
 * After success a whole v2 lies at `paths.next`; nothing else has changed.
 * @param bytes of all keys and values, for the progress
 * @param blobs the inodes that may occur; if there are none, all may
 */
export async function copyToV2(
  rocks: RocksDb,
  v1: Database,
  bytes: number,
  paths: Paths,
  blobs: InodeIndex,
  print: (line: string) => void,
): Promise<Result<Content, Failure>> {
  const crew = createCrew();
  const told = (line: string) => print(`${paths.current}: ${line}`);
  const progress = startProgress(bytes, PASSES, crew.bytesDone, told);
  try {
    makeDirectoryLike(paths.current, paths.next);
    const rewritten = await rewrite(rocks, crew, v1, paths.next, blobs);
    if (!rewritten.ok) return fail(say.upgradeFailed(paths, rewritten.error));
    if (rewritten.value.kind === "misfit") return fail(say.misfit(paths, rewritten.value.misfit));
    const { content } = rewritten.value;
    syncTree(paths.next);
    const verified = await verify(rocks, crew, paths.next, content);
    if (!verified.ok) return fail(say.upgradeFailed(paths, `reading v2 back: ${verified.error}`));
    return ok(content);
  } catch (error) {
    return fail(say.upgradeFailed(paths, (error as Error).message));
  } finally {
    progress.stop();
  }
}

/** v2 gets the owner and the permissions of the directory whose place it takes. */
function makeDirectoryLike(model: string, path: string): void {
  const { mode, uid, gid } = statSync(model);
  mkdirSync(path);
  chownSync(path, uid, gid);
  chmodSync(path, mode & 0o7777);
}
