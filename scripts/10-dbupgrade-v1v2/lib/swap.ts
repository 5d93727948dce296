/** Puts v2 in the place of v1. At every moment a whole database lies under `db` or `db-old`. */
import { renameSync } from "node:fs";
import { syncDirectory } from "../../../src/lib/linux/durable-file.ts";
import type { Paths } from "./layout.ts";
import { exchange } from "./libc.ts";

/** What renameat2(2) says where the file system or the kernel has no RENAME_EXCHANGE. */
const NO_EXCHANGE = new Set(["EINVAL", "ENOSYS", "EOPNOTSUPP"]);

/**
 * The marker must have been written durably: it tells the next run how far this one came.
 * Throws as the system calls fail.
 */
export function swap(paths: Paths): void {
  try {
    exchange(paths.current, paths.next);
  } catch (error) {
    if (!NO_EXCHANGE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    swapByRenames(paths);
    return;
  }
  syncDirectory(paths.dataDirectory);
  keepOld(paths);
}

/** After the exchange: v1, which lies under the name `-new`, gets its lasting name. */
export function keepOld(paths: Paths): void {
  renameSync(paths.next, paths.old);
  syncDirectory(paths.dataDirectory);
}

/** Between the two renames: v2 is put in place. */
export function putInPlace(paths: Paths): void {
  renameSync(paths.next, paths.current);
  syncDirectory(paths.dataDirectory);
}

/** Between the two renames: v1 is put back. */
export function putBack(paths: Paths): void {
  renameSync(paths.old, paths.current);
  syncDirectory(paths.dataDirectory);
}

function swapByRenames(paths: Paths): void {
  renameSync(paths.current, paths.old);
  syncDirectory(paths.dataDirectory);
  putInPlace(paths);
}
