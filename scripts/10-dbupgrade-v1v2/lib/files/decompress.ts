/**
 * Uncompresses blocks of table files with the libraries that librocksdb itself is linked with, so
 * they are wherever it is. All but Snappy have the uncompressed size before the data.
 */
import { FFIType, dlopen, ptr } from "bun:ffi";
import { inflateRawSync } from "node:zlib";
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import { createCursor } from "./cursor.ts";

export type Undone =
  | { readonly kind: "broken" }
  /** A compression that this program does not know, by name. */
  | { readonly kind: "unknown"; readonly what: string };

type Method = {
  /** Undefined if it cannot be known. */
  readonly sizeOf: (data: Uint8Array) => number | undefined;
  /** Fills `target`, which has the right size; false if the data is broken. */
  readonly run: (data: Uint8Array, target: Uint8Array) => boolean;
  readonly hasSizeBefore: boolean;
};

const { ptr: P, u64: U64, i32: I32, u32: U32 } = FFIType;
const LARGEST = 1 << 30;
/** Older versions of the table's format have no size before the data. */
const SIZE_BEFORE = 2;

/** By RocksDB's CompressionType (include/rocksdb/compression_type.h); loaded when first needed. */
const METHODS: Readonly<Record<number, () => Method>> = {
  1: makeSnappy,
  2: makeZlib,
  3: makeBzip2,
  4: makeLz4,
  5: makeLz4,
  7: makeZstd,
  0x40: makeZstd,
};
const made = new Map<number, Method>();

let room = new Uint8Array(new ArrayBuffer(1 << 16));

/** The result holds until the next call. */
export function decompress(
  compression: number,
  data: Uint8Array,
  formatVersion: number,
): Result<Uint8Array, Undone> {
  const method = made.get(compression) ?? makeMethod(compression);
  if (method === undefined || (method.hasSizeBefore && formatVersion < SIZE_BEFORE))
    return fail({ kind: "unknown", what: `compression of type ${compression} in its tables` });
  made.set(compression, method);
  const size = method.sizeOf(data);
  if (size === undefined || size > LARGEST) return fail({ kind: "broken" });
  if (size > room.length) room = new Uint8Array(new ArrayBuffer(size * 2));
  const target = room.subarray(0, size);
  return method.run(method.hasSizeBefore ? afterVarint(data) : data, target)
    ? ok(target)
    : fail({ kind: "broken" });
}

/** Undefined if it is not known, or if its library is missing. */
function makeMethod(compression: number): Method | undefined {
  try {
    return METHODS[compression]?.();
  } catch {
    return undefined;
  }
}

function varintOf(data: Uint8Array): number | undefined {
  const input = createCursor(data);
  const size = input.varint();
  return input.overrun() ? undefined : size;
}

function afterVarint(data: Uint8Array): Uint8Array {
  return data.subarray(data.findIndex((byte) => byte < 128) + 1);
}

const WITH_SIZE = { sizeOf: varintOf, hasSizeBefore: true } as const;

function makeSnappy(): Method {
  const snappy = dlopen("libsnappy.so.1", {
    snappy_uncompressed_length: { args: [P, U64, P], returns: I32 },
    snappy_uncompress: { args: [P, U64, P, P], returns: I32 },
  }).symbols;
  const size = new BigUint64Array(1);
  return {
    hasSizeBefore: false,
    sizeOf: (data) =>
      snappy.snappy_uncompressed_length(ptr(data), data.length, size) === 0
        ? Number(size[0])
        : undefined,
    run(data, target) {
      size[0] = BigInt(target.length);
      const status = snappy.snappy_uncompress(ptr(data), data.length, ptr(target), size);
      return status === 0 && Number(size[0]) === target.length;
    },
  };
}

function makeZlib(): Method {
  return {
    ...WITH_SIZE,
    run(data, target) {
      try {
        const plain = inflateRawSync(data, { maxOutputLength: target.length });
        target.set(plain);
        return plain.length === target.length;
      } catch {
        return false;
      }
    },
  };
}

function makeBzip2(): Method {
  const { BZ2_bzBuffToBuffDecompress: undo } = dlopen("libbz2.so.1.0", {
    BZ2_bzBuffToBuffDecompress: { args: [P, P, P, U32, I32, I32], returns: I32 },
  }).symbols;
  const size = new Uint32Array(1);
  return {
    ...WITH_SIZE,
    run(data, target) {
      size[0] = target.length;
      const status = undo(ptr(target), size, ptr(data), data.length, 0, 0);
      return status === 0 && size[0] === target.length;
    },
  };
}

function makeLz4(): Method {
  const { LZ4_decompress_safe: undo } = dlopen("liblz4.so.1", {
    LZ4_decompress_safe: { args: [P, P, I32, I32], returns: I32 },
  }).symbols;
  return {
    ...WITH_SIZE,
    run: (data, target) =>
      undo(ptr(data), ptr(target), data.length, target.length) === target.length,
  };
}

function makeZstd(): Method {
  const { ZSTD_decompress: undo } = dlopen("libzstd.so.1", {
    ZSTD_decompress: { args: [P, U64, P, U64], returns: U64 },
  }).symbols;
  return {
    ...WITH_SIZE,
    run: (data, target) =>
      Number(undo(ptr(target), target.length, ptr(data), data.length)) === target.length,
  };
}
