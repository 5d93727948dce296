/** Goes through all entries of a table by reading its file, without RocksDB. */
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import { type OpenFile, readAt } from "./open-file.ts";
import type { Problem } from "./problem.ts";
import { BLOCK_TRAILER_BYTES, type BlockHandle, openBlock } from "./table-block.ts";
import { endOfEntries } from "./table-entries.ts";
import { type TableFile } from "./table-file.ts";
import { readIndex } from "./table-index.ts";
import type { TableProperties } from "./table-properties.ts";

/** An internal key ends with eight bytes: its type, and seven of its sequence number. */
export const INTERNAL_BYTES = 8;

/** The entry that is visited; both hold until the visit returns. */
export type Entry = {
  /** The internal key; its words are as this machine loads them. */
  readonly key: Uint8Array;
  readonly keyWords: Int32Array;
  keyBytes: number;
  /** What holds the value, from `valueStart` on. */
  data: DataView;
  valueStart: number;
  valueBytes: number;
};

/** False ends the scan. */
export type VisitEntry = (entry: Entry) => boolean;

/** RocksDB's own limit of a key is 8 MiB; this program knows none longer than this. */
const LONGEST_KEY = 1 << 16;
const WINDOW_BYTES = 1 << 20;

/** The number of entries that were visited. Throws as read(2) fails. */
export function scanTable(
  table: TableFile,
  properties: TableProperties,
  visit: VisitEntry,
): Result<number, Problem> {
  const name = table.file.name;
  if (properties.hasDictionary)
    return fail({ kind: "unsupported", file: name, what: "tables compressed with a dictionary" });
  const index = readIndex(table, properties);
  if (!index.ok) return index;
  const window = createWindow(table.file);
  const scan = createBlockScan(visit);
  for (const handle of index.value) {
    const raw = window.read(handle);
    if (raw === undefined) return fail(corrupt(name, handle, "is beyond its end"));
    const block = openBlock(table.file, raw, handle, table.format);
    if (!block.ok) return block;
    const done = scan.all(block.value);
    if (done === "broken") return fail(corrupt(name, handle, "cannot be read"));
    if (done === "stopped") break;
  }
  return ok(scan.entries());
}

function createBlockScan(visit: VisitEntry) {
  const keyBuffer = new ArrayBuffer(LONGEST_KEY);
  const key = new Uint8Array(keyBuffer);
  const entry: Entry = {
    key,
    keyWords: new Int32Array(keyBuffer),
    keyBytes: 0,
    data: new DataView(keyBuffer),
    valueStart: 0,
    valueBytes: 0,
  };
  let entries = 0;
  let at = 0;

  /** Never more than five bytes; what runs past the block's end is found by its bounds. */
  function longVarint(block: Uint8Array, first: number): number {
    let value = first & 127;
    for (let scale = 128; at < block.length; scale *= 128) {
      const next = block[at++] as number;
      value += (next & 127) * scale;
      if (next < 128) break;
    }
    return value;
  }
  function varint(block: Uint8Array): number {
    const first = block[at++] as number;
    return first < 128 ? first : longVarint(block, first);
  }

  return {
    entries: () => entries,
    all(block: Uint8Array): "read" | "stopped" | "broken" {
      const bounds = endOfEntries(block);
      if (bounds === undefined) return "broken";
      const { end } = bounds;
      entry.data = new DataView(block.buffer, block.byteOffset, block.byteLength);
      entry.keyBytes = 0;
      at = 0;
      while (at < end) {
        const shared = varint(block);
        const more = varint(block);
        const size = varint(block);
        const keyBytes = shared + more;
        if (shared > entry.keyBytes || keyBytes > LONGEST_KEY || at + more + size > end)
          return "broken";
        for (let index = shared; index < keyBytes; index++) key[index] = block[at++] as number;
        entry.keyBytes = keyBytes;
        entry.valueStart = at;
        entry.valueBytes = size;
        at += size;
        entries++;
        if (!visit(entry)) return "stopped";
      }
      return "read";
    },
  };
}

/** Reads blocks that mostly follow each other, many at a time. */
function createWindow(file: OpenFile) {
  let bytes = new Uint8Array(new ArrayBuffer(WINDOW_BYTES));
  let start = 0;
  let filled = 0;
  return {
    /** A block and what follows it; undefined if the file is too short. */
    read({ offset, bytes: size }: BlockHandle): Uint8Array | undefined {
      const need = size + BLOCK_TRAILER_BYTES;
      if (need > file.bytes) return undefined;
      if (need > bytes.length) bytes = new Uint8Array(new ArrayBuffer(need * 2));
      if (offset < start || offset + need > start + filled) {
        start = offset;
        filled = readAt(file, bytes, offset);
      }
      const at = offset - start;
      return at + need > filled ? undefined : bytes.subarray(at, at + need);
    },
  };
}

function corrupt(file: string, { offset }: BlockHandle, why: string): Problem {
  return { kind: "corrupt", file, why: `the block at byte ${offset} ${why}` };
}
