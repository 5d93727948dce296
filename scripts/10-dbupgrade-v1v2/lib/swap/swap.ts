/** Puts v2 in the place of v1. At every moment a whole database lies under `db` or `db-old`. */
import { renameSync } from "node:fs";
import { dirname } from "node:path";
import { syncDirectory } from "../../../../src/lib/linux/durable-file.ts";
import { exchange } from "../libc.ts";
import type { Paths } from "../look/layout.ts";

/** What renameat2(2) gives where the file system or the kernel has no RENAME_EXCHANGE. */
const NO_EXCHANGE = new Set(["EINVAL", "ENOSYS", "EOPNOTSUPP"]);

/**
 * The marker must have been written durably: by it the next run knows how far this one came.
 * Throws as the system calls fail.
 */
export function swap(paths: Paths): void {
  change(paths.current, paths.next, paths.old);
}

/** The way back: v1 is in place again, and v2 has the name `-new`. Throws as the system calls fail. */
export function swapBack(paths: Paths): void {
  change(paths.current, paths.old, paths.next);
}

/** After the exchange: v1, which has the name `-new`, gets its lasting name. */
export function keepOld(paths: Paths): void {
  move(paths.next, paths.old);
}

/** Between the two renames: v2 is put in place. */
export function putInPlace(paths: Paths): void {
  move(paths.next, paths.current);
}

/** Between the two renames: v1 is put back. */
export function putBack(paths: Paths): void {
  move(paths.old, paths.current);
}

/** What is at `other` comes to `current`; what was there goes to `away`. Both steps, or none. */
function change(current: string, other: string, away: string): void {
  try {
    exchange(current, other);
  } catch (error) {
    if (!NO_EXCHANGE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    changeByRenames(current, other, away);
    return;
  }
  orUndo(
    () => {
      syncDirectory(dirname(current));
      move(other, away);
    },
    () => exchange(current, other),
  );
}

function changeByRenames(current: string, other: string, away: string): void {
  move(current, away);
  orUndo(
    () => move(other, current),
    () => renameSync(away, current),
  );
}

function orUndo(step: () => void, undo: () => void): void {
  try {
    step();
  } catch (error) {
    try {
      undo();
    } catch {
      // the next run goes on from where this one is, by the marker
    }
    throw error;
  }
}

function move(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
}
