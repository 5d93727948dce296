/** Writes pairs that come in the order of their v2 keys to RocksDB's sorted table (SST) files. */
import { type Pointer, ptr } from "bun:ffi";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import type { Options } from "./database.ts";
import { KEY_BYTES, V2_INODE_WORD, V2_OFFSET_WORD } from "./key-codec.ts";
import { cString } from "./libc.ts";
import { type RocksDb, errorPointer, takeError } from "./rocksdb.ts";
import type { Emit } from "./run-merge.ts";

/** A file is ended when it has taken so many bytes of keys and values; RocksDB's own default size. */
const FILE_BYTES = 64 << 20;

export type SstFiles = {
  /** After an error it does nothing more; `finish` gives the error. */
  readonly put: Emit;
  /** Ends and fsyncs the last file; the files' paths in the order of their keys. */
  readonly finish: () => Result<string[], string>;
};

/** The files' paths are `prefix`, a number, and `.sst`. */
export function createSstFiles(rocks: RocksDb, prefix: string, options: Options): SstFiles {
  const put = rocks.rocksdb_sstfilewriter_put as unknown as (
    writer: Pointer,
    key: Pointer,
    keySize: number,
    value: number,
    valueSize: number,
    error: Pointer,
  ) => void;
  const writer = rocks.rocksdb_sstfilewriter_create(
    rocks.rocksdb_envoptions_create(),
    options,
  ) as Pointer;
  const key = new Int32Array(new ArrayBuffer(KEY_BYTES));
  const keyAddress = ptr(key.buffer);
  const files: string[] = [];
  let error: string | undefined;
  let room = 0;

  function startFile(): void {
    if (files.length > 0) endFile();
    if (error !== undefined) return;
    const path = `${prefix}${files.length}.sst`;
    files.push(path);
    rocks.rocksdb_sstfilewriter_open(writer, cString(path), errorPointer);
    error = takeError(rocks);
    room = FILE_BYTES;
  }

  function endFile(): void {
    rocks.rocksdb_sstfilewriter_finish(writer, errorPointer);
    error = takeError(rocks);
  }

  return {
    put(inodeHigh, inodeLow, offsetHigh, offsetLow, value, bytes) {
      if (room <= 0) startFile();
      if (error !== undefined) return;
      key[V2_INODE_WORD] = inodeHigh;
      key[V2_INODE_WORD + 1] = inodeLow;
      key[V2_OFFSET_WORD] = offsetHigh;
      key[V2_OFFSET_WORD + 1] = offsetLow;
      put(writer, keyAddress, KEY_BYTES, value, bytes, errorPointer);
      error = takeError(rocks);
      room -= KEY_BYTES + bytes;
    },
    finish() {
      if (error === undefined && files.length > 0) endFile();
      rocks.rocksdb_sstfilewriter_destroy(writer);
      return error === undefined ? ok(files) : fail(error);
    },
  };
}
