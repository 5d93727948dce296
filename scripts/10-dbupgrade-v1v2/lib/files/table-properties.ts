/** What a table says it holds; written when it was built, so it is evidence besides its data. */
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import { createCursor } from "./cursor.ts";
import { readAt } from "./open-file.ts";
import type { Problem } from "./problem.ts";
import { type BlockHandle, hasItsChecksum, BLOCK_TRAILER_BYTES } from "./table-block.ts";
import { eachEntry } from "./table-entries.ts";
import type { TableFile } from "./table-file.ts";

export type TableProperties = {
  /** Of all kinds, deletions of ranges among them. */
  readonly entries: number;
  /** Of single keys and of ranges. */
  readonly deletions: number;
  readonly mergeOperands: number;
  readonly rangeDeletions: number;
  /** Of internal keys: eight bytes more each than the user's. */
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly dataBlocks: number;
  readonly comparator: string | undefined;
  readonly columnFamily: string | undefined;
  /** 0 sorted, 1 the same with a hash, 2 in partitions, 3 with each block's first key. */
  readonly indexType: number;
  /** Index entries give a block's size as the difference from the one before. */
  readonly hasDeltaIndex: boolean;
  readonly hasDictionary: boolean;
};

const NAMES = ["rocksdb.properties", "rocksdb.stats"];
const GLOBAL_SEQUENCE = "rocksdb.external_sst_file.global_seqno";
const DICTIONARY = "rocksdb.compression_dict";

/** Throws as read(2) fails. */
export function readProperties(table: TableFile): Result<TableProperties, Problem> {
  const { file, others } = table;
  const handle = NAMES.flatMap((name) => others.get(name) ?? [])[0];
  if (handle === undefined) return fail(corrupt(table, "it has no properties"));
  if (handle.offset + handle.bytes + BLOCK_TRAILER_BYTES > file.bytes)
    return fail(corrupt(table, "its properties are beyond its end"));
  const raw = new Uint8Array(handle.bytes + BLOCK_TRAILER_BYTES);
  readAt(file, raw, handle.offset);
  const found = entriesOf(raw, handle);
  if (found === undefined) return fail(corrupt(table, "its properties cannot be read"));
  if (!isSound(raw, handle, found, table.format.checksum))
    return fail(corrupt(table, "its properties have a wrong checksum"));
  return ok(propertiesOf(found, others.has(DICTIONARY)));
}

type Found = ReadonlyMap<string, Uint8Array>;

function entriesOf(raw: Uint8Array, { bytes }: BlockHandle): Found | undefined {
  const found = new Map<string, Uint8Array>();
  const sound = eachEntry(raw.subarray(0, bytes), (name, value) => {
    found.set(Buffer.from(name).toString("latin1"), value);
  });
  return sound && raw[bytes] === 0 ? found : undefined;
}

/**
 * A table that a database takes in gets its sequence number written over zeros, without another
 * checksum (table/meta_blocks.cc), so it is checked with the zeros too.
 */
function isSound(raw: Uint8Array, { bytes }: BlockHandle, found: Found, checksum: number): boolean {
  if (hasItsChecksum(raw, bytes, checksum)) return true;
  const written = found.get(GLOBAL_SEQUENCE);
  if (written === undefined) return false;
  const before = written.slice();
  written.fill(0);
  const sound = hasItsChecksum(raw, bytes, checksum);
  written.set(before);
  return sound;
}

function propertiesOf(found: Found, hasDictionary: boolean): TableProperties {
  const number = (name: string) =>
    createCursor(found.get(`rocksdb.${name}`) ?? Uint8Array.of(0)).varint();
  const text = (name: string) => {
    const value = found.get(`rocksdb.${name}`);
    return value === undefined ? undefined : Buffer.from(value).toString("latin1");
  };
  const indexType = found.get("rocksdb.block.based.table.index.type");
  return {
    entries: number("num.entries"),
    deletions: number("deleted.keys"),
    mergeOperands: number("merge.operands"),
    rangeDeletions: number("num.range-deletions"),
    keyBytes: number("raw.key.size"),
    valueBytes: number("raw.value.size"),
    dataBlocks: number("num.data.blocks"),
    comparator: text("comparator"),
    columnFamily: text("column.family.name"),
    indexType: indexType === undefined ? 0 : createCursor(indexType).fixed32(),
    hasDeltaIndex: number("index.value.is.delta.encoded") !== 0,
    hasDictionary,
  };
}

function corrupt({ file }: TableFile, why: string): Problem {
  return { kind: "corrupt", file: file.name, why };
}
