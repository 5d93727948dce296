/** Reads a finished v2 database back and compares it with what was read of v1. */
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Content, NO_PAIRS, digest, join } from "./checksum.ts";
import type { Crew } from "./crew.ts";
import { closeDatabase, openToRead, tablesOf } from "./database.ts";
import { numberOfParts, rangesOf } from "./parts.ts";
import type { RocksDb } from "./rocksdb.ts";

/** Goes through all pairs of the database at `path`; the error says what differs. */
export async function verify(
  rocks: RocksDb,
  crew: Crew,
  path: string,
  expected: Content,
): Promise<Result<void, string>> {
  const database = openToRead(rocks, path);
  if (!database.ok) return database;
  const ranges = rangesOf(tablesOf(rocks, database.value), numberOfParts());
  const parts = await crew.verify(
    ranges.map((range) => ({ database: database.value.handle, range })),
  );
  closeDatabase(rocks, database.value);
  if (!parts.ok) return parts;
  const content = parts.value.reduce(join, NO_PAIRS);
  if (content.pairs === expected.pairs && digest(content) === digest(expected))
    return ok(undefined);
  return fail(`v2 ${describe(content)}, but v1 ${describe(expected)}`);
}

function describe(content: Content): string {
  return `holds ${content.pairs} pairs with checksum ${digest(content)}`;
}
