/** Whether what was read of a database is all that its files hold. */
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { ALL, type Database, scan } from "./database.ts";
import type { RocksDb } from "./rocksdb.ts";

/** Entries, counted in the files without RocksDB. */
export type Counted = { readonly entries: number; readonly rangeDeletions: number };

/**
 * Compares the entries that RocksDB stepped over, overwritten and deleted ones among them, with those
 * in the files. Where ranges of keys were deleted it jumps over what they hide; then all is gone
 * through once more without them. The error goes on from the database's name.
 */
export function checkComplete(
  rocks: RocksDb,
  database: Database,
  read: number,
  { entries, rangeDeletions }: Counted,
): Result<void, string> {
  const expected = entries - rangeDeletions;
  let found = read;
  if (rangeDeletions > 0) {
    const scanned = scan(rocks, database.handle, ALL, () => true, "ignore-range-deletions");
    if (!scanned.ok) return scanned;
    found = scanned.value;
  }
  if (found === expected) return ok(undefined);
  return fail(readOnlyInPart(found, expected));
}

export function readOnlyInPart(read: number, expected: number): string {
  return `RocksDB reads ${read} entries, and its files hold ${expected}`;
}
