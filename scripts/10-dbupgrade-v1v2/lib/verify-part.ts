/** Reads some of the tables of a v2 database back, without RocksDB. */
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Checksum, type Content, createChecksum } from "./checksum.ts";
import { ENTRY_OF_A_VALUE } from "./files/entry-kinds.ts";
import type { SurveyedTable } from "./files/survey.ts";
import { withTable } from "./files/table-file.ts";
import { type Entry, INTERNAL_BYTES, type VisitEntry, scanTable } from "./files/table-scan.ts";
import { KEY_BYTES, V2_INODE_WORD, V2_OFFSET_WORD } from "./key-codec.ts";
import { RECORD_HEADER_WORDS } from "./run-buffer.ts";
import type { Tally } from "./tally.ts";
import { unsound } from "./unsound.ts";

export type VerifyJob = { readonly tables: readonly SurveyedTable[] };

/** Throws as read(2) fails. */
export function verifyPart({ tables }: VerifyJob, tally: Tally): Result<Content, string> {
  const checksum = createChecksum();
  const visitor = createVisitor(checksum, tally);
  for (const { path, entry, properties } of tables) {
    const scanned = withTable(path, entry.bytes, (table) =>
      scanTable(table, properties, visitor.visit),
    );
    if (!scanned.ok) return fail(unsound(path, scanned.error).cause);
    const odd = visitor.odd();
    if (odd !== undefined) return fail(odd);
    if (scanned.value !== properties.entries)
      return fail(`${path} holds ${scanned.value} entries instead of ${properties.entries}`);
  }
  return ok(checksum.total());
}

type Visitor = {
  readonly visit: VisitEntry;
  /** What v2 must not hold, if it was met. */
  readonly odd: () => string | undefined;
};

function createVisitor(checksum: Checksum, tally: Tally): Visitor {
  let record = new Int32Array(1024);
  let odd: string | undefined;

  /** Puts the value into the record, padded with zeros; gives the record's end, in words. */
  function fill({ data, valueStart, valueBytes }: Entry): number {
    const whole = valueBytes >>> 2;
    const end = RECORD_HEADER_WORDS + ((valueBytes + 3) >>> 2);
    if (end > record.length) record = new Int32Array(end * 2);
    let at = valueStart;
    for (let word = 0; word < whole; word++, at += 4)
      record[RECORD_HEADER_WORDS + word] = data.getInt32(at, true);
    const rest = valueBytes - whole * 4;
    let last = 0;
    for (let byte = 0; byte < rest; byte++) last |= data.getUint8(at + byte) << (8 * byte);
    if (rest > 0) record[end - 1] = last;
    return end;
  }

  return {
    odd: () => odd,
    visit(entry) {
      const { key, keyBytes, keyWords, valueBytes } = entry;
      if (keyBytes !== KEY_BYTES + INTERNAL_BYTES) odd = "v2 holds a key of the wrong width";
      else if (key[KEY_BYTES] !== ENTRY_OF_A_VALUE) odd = "v2 holds an entry that is not a value";
      if (odd !== undefined) return false;
      const end = fill(entry);
      record[0] = keyWords[V2_OFFSET_WORD] as number;
      record[1] = keyWords[V2_OFFSET_WORD + 1] as number;
      record[2] = valueBytes;
      const [high, low] = [keyWords[V2_INODE_WORD], keyWords[V2_INODE_WORD + 1]];
      checksum.add(high as number, low as number, record, 0, end);
      tally.add(KEY_BYTES + 8 + valueBytes);
      return true;
    },
  };
}
