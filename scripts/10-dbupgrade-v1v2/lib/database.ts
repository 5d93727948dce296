/** One RocksDB database: opening, what it says about itself, and going through its pairs in order. */
import { CString, type Pointer, ptr, read, toArrayBuffer } from "bun:ffi";
import { rmSync } from "node:fs";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { cString } from "./libc.ts";
import { makeLogDirectory } from "./log-directory.ts";
import { type RocksDb, errorPointer, takeError } from "./rocksdb.ts";

export type Database = { readonly path: string; readonly handle: Pointer };

/** The options a new database is made with: an opaque `rocksdb_options_t*`. */
export type Options = Pointer;

/** How much is read ahead of an iterator, in bytes. */
const READ_AHEAD = 2 << 20;
/** Of thousands of table files only so many are open at once; each costs memory for its index. */
const MAX_OPEN_FILES = 32;
// WALRecoveryMode in rocksdb/options.h. By default what follows any fault is left out, with success.
const TOLERATE_TORN_END = 0;
/** RocksDB jumps over entries of one key if there are more than so many; then it does not count them. */
const NEVER_JUMP = 2 ** 32;

/** A directory that cannot be made, so that opening a database to read writes no LOG anywhere. */
const NO_LOG_DIRECTORY = "/dev/null/rocksdb-log";

// rocksdb/c.h: a perf level, and two metrics.
const PERF_COUNTS = 2;
const PERF_PASSED = 10;
const PERF_DELETIONS_PASSED = 11;

/** Opens a database without changing anything in its directory; its write-ahead log is read too. */
export function openToRead(rocks: RocksDb, path: string): Result<Database, string> {
  const options = rocks.rocksdb_options_create();
  rocks.rocksdb_options_set_max_open_files(options, MAX_OPEN_FILES);
  rocks.rocksdb_options_set_db_log_dir(options, cString(NO_LOG_DIRECTORY));
  rocks.rocksdb_options_set_wal_recovery_mode(options, TOLERATE_TORN_END);
  rocks.rocksdb_options_set_max_sequential_skip_in_iterations(options, NEVER_JUMP);
  const handle = rocks.rocksdb_open_for_read_only(options, cString(path), 0, errorPointer);
  rocks.rocksdb_options_destroy(options);
  return opened(rocks, path, handle);
}

/** Makes a database in a directory that holds none. Throws as mkdir(2) fails. */
export function createDatabase(
  rocks: RocksDb,
  path: string,
  options: Options,
): Result<Database, string> {
  const logDirectory = makeLogDirectory(path);
  rocks.rocksdb_options_set_create_if_missing(options, 1);
  rocks.rocksdb_options_set_db_log_dir(options, cString(logDirectory));
  const handle = rocks.rocksdb_open(options, cString(path), errorPointer);
  rmSync(logDirectory, { recursive: true, force: true }); // the open file is enough
  return opened(rocks, path, handle);
}

export function closeDatabase(rocks: RocksDb, database: Database): void {
  rocks.rocksdb_close(database.handle);
}

/**
 * The options for a new database that is to be like this one: compression, block size, filters and
 * whatever else its OPTIONS file says of its column family; RocksDB's defaults if it has none.
 * They live as long as the process.
 */
export function optionsLike(rocks: RocksDb, path: string): Options {
  const out = pointers(4);
  rocks.rocksdb_load_latest_options(
    cString(path),
    rocks.rocksdb_create_default_env(),
    1,
    rocks.rocksdb_cache_create_lru(8 << 20),
    out.at(0),
    out.at(1),
    out.at(2),
    out.at(3),
    errorPointer,
  );
  if (takeError(rocks) !== undefined) return rocks.rocksdb_options_create() as Options;
  return read.ptr(out.value(3), 0) as Options;
}

/** What it holds: pairs as RocksDB estimates them, and the bytes of all keys and values uncompressed. */
export function sizeOf(
  rocks: RocksDb,
  database: Database,
): { readonly pairs: number; readonly bytes: number } {
  const tables = property(rocks, database, "rocksdb.aggregated-table-properties");
  return {
    pairs: Number(property(rocks, database, "rocksdb.estimate-num-keys")),
    bytes:
      Number(/raw key size=(\d+)/.exec(tables)?.[1] ?? 0) +
      Number(/raw value size=(\d+)/.exec(tables)?.[1] ?? 0) +
      Number(property(rocks, database, "rocksdb.cur-size-all-mem-tables")),
  };
}

/** The sequence number of its last write; it only grows. */
export function latestSequence(rocks: RocksDb, database: Database): number {
  return Number(rocks.rocksdb_get_latest_sequence_number(database.handle));
}

/** Keys from `from` on and below `to`; undefined is without end. */
export type Range = { readonly from: Uint8Array | undefined; readonly to: Uint8Array | undefined };

export const ALL: Range = { from: undefined, to: undefined };

/** Called for each pair with where its key and value lie and their sizes in bytes; false ends the scan. */
export type Visit = (key: number, keyBytes: number, value: number, valueBytes: number) => boolean;

/**
 * Goes through the pairs in the order of their keys; the addresses hold until `visit` returns. Gives
 * how many entries of the files that were: overwritten values and deletions are among them, but
 * not what a deletion of a range of keys hides.
 */
export function scan(
  rocks: RocksDb,
  handle: Pointer,
  range: Range,
  visit: Visit,
  mode?: "ignore-range-deletions",
): Result<number, string> {
  const { rocksdb_iter_valid, rocksdb_iter_key, rocksdb_iter_value, rocksdb_iter_next } = rocks;
  // In one piece of memory: the size of the key, that of the value, and the bound, which RocksDB
  // reads as long as the iterator lives.
  const bound = range.to ?? new Uint8Array();
  const sizes = new Int32Array(new ArrayBuffer(16 + ((bound.length + 3) & ~3)));
  const keySize = ptr(sizes.buffer);
  const valueSize = ptr(sizes.buffer, 8);

  const readOptions = rocks.rocksdb_readoptions_create();
  rocks.rocksdb_readoptions_set_fill_cache(readOptions, 0);
  rocks.rocksdb_readoptions_set_total_order_seek(readOptions, 1);
  rocks.rocksdb_readoptions_set_readahead_size(readOptions, READ_AHEAD);
  if (mode === "ignore-range-deletions")
    rocks.rocksdb_readoptions_set_ignore_range_deletions(readOptions, 1);
  if (range.to !== undefined) {
    new Uint8Array(sizes.buffer, 16).set(bound);
    const address = ptr(sizes.buffer, 16);
    rocks.rocksdb_readoptions_set_iterate_upper_bound(readOptions, address, bound.length);
  }
  const passed = countEntries(rocks);
  const iterator = rocks.rocksdb_create_iterator(handle, readOptions) as Pointer;
  if (range.from === undefined) rocks.rocksdb_iter_seek_to_first(iterator);
  else rocks.rocksdb_iter_seek(iterator, range.from, range.from.length);
  while (rocksdb_iter_valid(iterator) !== 0) {
    const key = rocksdb_iter_key(iterator, keySize) as number;
    const value = rocksdb_iter_value(iterator, valueSize) as number;
    if (!visit(key, sizes[0] ?? 0, value, sizes[2] ?? 0)) break;
    rocksdb_iter_next(iterator);
  }
  rocks.rocksdb_iter_get_error(iterator, errorPointer);
  const error = takeError(rocks);
  rocks.rocksdb_iter_destroy(iterator);
  rocks.rocksdb_readoptions_destroy(readOptions);
  const entries = passed();
  return error === undefined ? ok(entries) : fail(error);
}

/** Counts the entries that iterators of this thread step over from now on; to be called once. */
function countEntries(rocks: RocksDb): () => number {
  rocks.rocksdb_set_perf_level(PERF_COUNTS);
  const context = rocks.rocksdb_perfcontext_create() as Pointer;
  rocks.rocksdb_perfcontext_reset(context);
  return () => {
    const [passed, deletions] = [PERF_PASSED, PERF_DELETIONS_PASSED].map((metric) =>
      Number(rocks.rocksdb_perfcontext_metric(context, metric)),
    ) as [number, number];
    rocks.rocksdb_perfcontext_destroy(context);
    return passed + deletions;
  };
}

/** Its table files: where each begins, and its size in bytes. */
export function tablesOf(
  rocks: RocksDb,
  database: Database,
): { readonly smallest: Uint8Array; readonly bytes: number }[] {
  const files = rocks.rocksdb_livefiles(database.handle);
  const size = pointers(1);
  const tables = Array.from({ length: rocks.rocksdb_livefiles_count(files) }, (_, index) => {
    const key = rocks.rocksdb_livefiles_smallestkey(files, index, size.at(0)) as number;
    const smallest = new Uint8Array(toArrayBuffer(key, 0, size.value(0))).slice();
    return { smallest, bytes: Number(rocks.rocksdb_livefiles_size(files, index)) };
  });
  rocks.rocksdb_livefiles_destroy(files);
  return tables;
}

/** Takes finished table files, sorted and without overlap, into the database by hard link. */
export function ingest(
  rocks: RocksDb,
  database: Database,
  files: readonly string[],
): Result<void, string> {
  if (files.length === 0) return ok(undefined);
  const options = rocks.rocksdb_ingestexternalfileoptions_create();
  rocks.rocksdb_ingestexternalfileoptions_set_move_files(options, 1);
  rocks.rocksdb_ingest_external_file(
    database.handle,
    stringArray(files),
    files.length,
    options,
    errorPointer,
  );
  const error = takeError(rocks);
  return error === undefined ? ok(undefined) : fail(error);
}

function opened(
  rocks: RocksDb,
  path: string,
  handle: Pointer | bigint | null,
): Result<Database, string> {
  const error = takeError(rocks);
  if (error !== undefined || handle === null) return fail(error ?? "no reason given");
  return ok({ path, handle: handle as Pointer });
}

function property(rocks: RocksDb, database: Database, name: string): string {
  const text = rocks.rocksdb_property_value(database.handle, cString(name)) as Pointer | null;
  if (text === null) return "";
  const value = new CString(text);
  rocks.rocksdb_free(text);
  return value;
}

/** A `char**` and its strings, in one piece of memory. */
function stringArray(strings: readonly string[]): Uint8Array {
  const texts = strings.map(cString);
  const buffer = new ArrayBuffer(texts.reduce((sum, text) => sum + 8 + text.length, 0));
  const view = new DataView(buffer);
  const address: number = ptr(buffer);
  let at = texts.length * 8;
  for (const [index, text] of texts.entries()) {
    view.setBigUint64(index * 8, BigInt(address + at), true);
    new Uint8Array(buffer).set(text, at);
    at += text.length;
  }
  return new Uint8Array(buffer);
}

/** Room for addresses or sizes that a C function fills in. */
function pointers(count: number) {
  const buffer = new ArrayBuffer(count * 8);
  return {
    at: (index: number): Pointer => ptr(buffer, index * 8),
    value: (index: number) => Number(new DataView(buffer).getBigUint64(index * 8, true)) as Pointer,
  };
}
