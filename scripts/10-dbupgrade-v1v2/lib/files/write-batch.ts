/** What a record of a write-ahead log holds, as RocksDB's db/write_batch.cc lays it out. */
import { createCursor } from "./cursor.ts";

/** Sums over batches. */
export type Tally = {
  /** Of all that counts as an entry: each takes one sequence number. */
  entries: number;
  deletions: number;
  rangeDeletions: number;
  keyBytes: number;
  valueBytes: number;
};

export function emptyTally(): Tally {
  return { entries: 0, deletions: 0, rangeDeletions: 0, keyBytes: 0, valueBytes: 0 };
}

export type Batch = {
  /** Of its first entry. */
  readonly sequence: number;
  readonly entries: number;
  /** What is wrong with it, or what this program does not understand in it. */
  readonly problem?: { readonly kind: "corrupt" | "unsupported"; readonly what: string };
};

const HEADER_BYTES = 12;

type Shape = "key" | "key-value" | "text" | "nothing";
type RecordType = {
  readonly shape: Shape;
  readonly family?: true;
  readonly entry?: "put" | "deletion" | "range-deletion";
};

/** By the byte that a record begins with: RocksDB's ValueType in db/dbformat.h. */
const TYPES: Readonly<Record<number, RecordType>> = {
  0x0: { shape: "key", entry: "deletion" },
  0x1: { shape: "key-value", entry: "put" },
  0x3: { shape: "text" },
  0x4: { shape: "key", entry: "deletion", family: true },
  0x5: { shape: "key-value", entry: "put", family: true },
  0x7: { shape: "key", entry: "deletion" },
  0x8: { shape: "key", entry: "deletion", family: true },
  0xd: { shape: "nothing" },
  0xe: { shape: "key-value", entry: "range-deletion", family: true },
  0xf: { shape: "key-value", entry: "range-deletion" },
};

const TRANSACTION = "transactions that are committed in two phases";
/** What this program does not carry over, by the same byte; in tables, too. */
export const NOT_UNDERSTOOD: Readonly<Record<number, string>> = {
  0x2: "merge operands",
  0x6: "merge operands",
  0x9: TRANSACTION,
  0xa: TRANSACTION,
  0xb: TRANSACTION,
  0xc: TRANSACTION,
  0x10: "blob files",
  0x11: "blob files",
  0x12: TRANSACTION,
  0x13: TRANSACTION,
  0x14: "user-defined timestamps",
  0x15: TRANSACTION,
  0x16: "wide columns",
  0x17: "wide columns",
};

/** Adds the batch to `tally`. */
export function readBatch(record: Uint8Array, tally: Tally): Batch {
  const input = createCursor(record);
  const [sequence, count] = [input.fixed64(), input.fixed32()];
  if (record.length < HEADER_BYTES) return corrupt(0, "is too short");
  let entries = 0;
  while (!input.atEnd()) {
    const type = input.byte();
    const known = TYPES[type];
    if (known === undefined) {
      const what = NOT_UNDERSTOOD[type] ?? `records of type ${type} in its write-ahead log`;
      return { sequence, entries, problem: { kind: "unsupported", what } };
    }
    const family = known.family === true ? input.varint() : 0;
    if (family !== 0)
      return {
        sequence,
        entries,
        problem: { kind: "unsupported", what: "further column families" },
      };
    const key = known.shape === "nothing" ? 0 : input.string().length;
    const value = known.shape === "key-value" ? input.string().length : 0;
    if (known.entry === undefined) continue;
    entries++;
    tally.entries++;
    tally.keyBytes += key;
    tally.valueBytes += value;
    if (known.entry === "deletion") tally.deletions++;
    if (known.entry === "range-deletion") tally.rangeDeletions++;
  }
  if (input.overrun()) return corrupt(sequence, "is cut short");
  if (entries !== count) return corrupt(sequence, `holds ${entries} entries instead of ${count}`);
  return { sequence, entries };
}

function corrupt(sequence: number, what: string): Batch {
  return { sequence, entries: 0, problem: { kind: "corrupt", what } };
}
