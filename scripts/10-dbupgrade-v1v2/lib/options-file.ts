/** RocksDB's OPTIONS file: the settings that a database was last opened with, as text. */
import { copyFileSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The text of a database's newest OPTIONS file; undefined if it has none. Throws as read(2) fails. */
export function readOptions(database: string): string | undefined {
  const path = newestOptions(database);
  return path === undefined ? undefined : readFileSync(path, "latin1");
}

/**
 * Gives a new, closed database the settings of another. It was made with all those that decide how
 * tables are written; now the next to open it also finds the others, instead of the upgrade's own. One without
 * settings gets none.
 */
export function copyOptions(from: string, to: string): void {
  const [source, target] = [newestOptions(from), newestOptions(to)];
  if (target === undefined) return;
  if (source === undefined) rmSync(target);
  else copyFileSync(source, target);
}

/** The number in a name has six digits or more and grows. */
function newestOptions(database: string): string | undefined {
  const numbers = readdirSync(database).flatMap((name) => /^OPTIONS-(\d+)$/.exec(name)?.[1] ?? []);
  const newest = numbers.toSorted((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(database, `OPTIONS-${newest}`);
}
