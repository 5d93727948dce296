/** Blocks of a table file: content, one byte for its compression, four for its checksum. */
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import { crc32c, unmask } from "./crc32c.ts";
import { decompress } from "./decompress.ts";
import { type OpenFile, readAt } from "./open-file.ts";
import type { Problem } from "./problem.ts";

/** Where a block is in its file, without what follows it. */
export type BlockHandle = { readonly offset: number; readonly bytes: number };

/** How the blocks of a file are written. */
export type BlockFormat = {
  /** RocksDB's ChecksumType: 0 none, 1 CRC-32C, 2 xxHash32, 3 xxHash64, 4 XXH3. */
  readonly checksum: number;
  /** Of the block-based table, 0 to 5. */
  readonly version: number;
};

export const BLOCK_TRAILER_BYTES = 5;
/** RocksDB's own limit is 4 GiB; a block of a table is a few KiB, and an index a few MiB. */
const LARGEST_BLOCK = 1 << 30;
/** The last byte's part in RocksDB's XXH3 checksum (table/format.cc). */
const XXH3_LAST_BYTE = 0x6b9083d9;

/** The content of one block, uncompressed. Throws as read(2) fails. */
export function readBlock(
  file: OpenFile,
  handle: BlockHandle,
  format: BlockFormat,
): Result<Uint8Array, Problem> {
  const { offset, bytes } = handle;
  if (bytes > LARGEST_BLOCK || offset + bytes + BLOCK_TRAILER_BYTES > file.bytes)
    return fail(corrupt(file, `a block at byte ${offset} is beyond its end`));
  const raw = new Uint8Array(bytes + BLOCK_TRAILER_BYTES);
  if (readAt(file, raw, offset) < raw.length)
    return fail(corrupt(file, `a block at byte ${offset} is beyond its end`));
  return openBlock(file, raw, { offset, bytes }, format);
}

/** Checks and uncompresses a block that was read, with what follows it, into `raw`. */
export function openBlock(
  file: OpenFile,
  raw: Uint8Array,
  { offset, bytes }: BlockHandle,
  format: BlockFormat,
): Result<Uint8Array, Problem> {
  if (!hasItsChecksum(raw, bytes, format.checksum))
    return fail(corrupt(file, `the block at byte ${offset} has a wrong checksum`));
  const compression = raw[bytes] as number;
  const content = raw.subarray(0, bytes);
  if (compression === 0) return ok(content);
  const plain = decompress(compression, content, format.version);
  if (plain.ok) return plain;
  if (plain.error.kind === "unknown")
    return fail({ kind: "unsupported", file: file.name, what: plain.error.what });
  return fail(corrupt(file, `the block at byte ${offset} cannot be uncompressed`));
}

export function hasItsChecksum(raw: Uint8Array, bytes: number, checksum: number): boolean {
  const stored = new DataView(raw.buffer, raw.byteOffset).getUint32(bytes + 1, true);
  switch (checksum) {
    case 1:
      return crc32c(raw, 0, bytes + 1) === unmask(stored);
    case 2:
      return Bun.hash.xxHash32(raw.subarray(0, bytes + 1)) === stored;
    case 3:
      return low32(Bun.hash.xxHash64(raw.subarray(0, bytes + 1))) === stored;
    case 4: {
      const last = Math.imul(raw[bytes] as number, XXH3_LAST_BYTE);
      return (low32(Bun.hash.xxHash3(raw.subarray(0, bytes))) ^ last) >>> 0 === stored;
    }
    default:
      return true;
  }
}

function low32(hash: bigint): number {
  return Number(hash & 0xffffffffn);
}

function corrupt(file: OpenFile, why: string): Problem {
  return { kind: "corrupt", file: file.name, why };
}
