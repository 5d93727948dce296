/**
 * Reads a finished v2 database back and compares it with what was read of v1. Not by RocksDB, which
 * read v1 and wrote v2: what one reader leaves out, another one finds.
 */
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Content, NO_PAIRS, digest, join } from "./checksum.ts";
import type { Crew } from "./crew.ts";
import { survey } from "./files/survey.ts";
import { shares } from "./parts.ts";
import { unsound } from "./unsound.ts";

export type Verified = { readonly tables: number };

/** Goes through all pairs of the database at `path`; the error says what differs. */
export async function verify(
  crew: Crew,
  path: string,
  expected: Content,
): Promise<Result<Verified, string>> {
  const found = survey(path);
  if (!found.ok) return fail(unsound(path, found.error).cause);
  const { tables, wals } = found.value;
  if (wals.totals.entries > 0)
    return fail(`v2 holds ${wals.totals.entries} entries outside its tables`);
  const parts = await crew.verify(shares(tables).map((share) => ({ tables: share })));
  if (!parts.ok) return parts;
  const content = parts.value.reduce(join, NO_PAIRS);
  if (content.pairs === expected.pairs && digest(content) === digest(expected))
    return ok({ tables: tables.length });
  return fail(`v2 ${describe(content)}, but v1 ${describe(expected)}`);
}

function describe(content: Content): string {
  return `holds ${content.pairs} pairs with checksum ${digest(content)}`;
}
