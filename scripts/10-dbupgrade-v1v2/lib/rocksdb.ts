/** The part of RocksDB's C API (rocksdb/c.h) that the upgrade needs, from the system's librocksdb. */
import { CString, FFIType, type Pointer, dlopen, ptr, read } from "bun:ffi";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Failure, failureOf } from "../../../src/lib/failure/failure.ts";
import { DBUPGRADE } from "../../../src/lib/failure/topics/dbupgrade.ts";

const LIBRARY_DIRECTORIES = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/usr/local/lib",
];
const SONAME = /^librocksdb\.so\.(\d+)(?:\.(\d+))?$/;

const { ptr: P, void: VOID, u8: BOOL, u64: U64, i32: I32 } = FFIType;
const FUNCTIONS = {
  rocksdb_options_create: { args: [], returns: P },
  rocksdb_options_destroy: { args: [P], returns: VOID },
  rocksdb_options_set_create_if_missing: { args: [P, BOOL], returns: VOID },
  rocksdb_options_set_db_log_dir: { args: [P, P], returns: VOID },
  rocksdb_options_set_max_open_files: { args: [P, I32], returns: VOID },
  rocksdb_options_set_wal_recovery_mode: { args: [P, I32], returns: VOID },
  rocksdb_options_set_max_sequential_skip_in_iterations: { args: [P, U64], returns: VOID },
  rocksdb_set_perf_level: { args: [I32], returns: VOID },
  rocksdb_perfcontext_create: { args: [], returns: P },
  rocksdb_perfcontext_reset: { args: [P], returns: VOID },
  rocksdb_perfcontext_metric: { args: [P, I32], returns: U64 },
  rocksdb_perfcontext_destroy: { args: [P], returns: VOID },
  rocksdb_load_latest_options: { args: [P, P, BOOL, P, P, P, P, P, P], returns: VOID },
  rocksdb_load_latest_options_destroy: { args: [P, P, P, U64], returns: VOID },
  rocksdb_create_default_env: { args: [], returns: P },
  rocksdb_cache_create_lru: { args: [U64], returns: P },
  rocksdb_open: { args: [P, P, P], returns: P },
  rocksdb_open_for_read_only: { args: [P, P, BOOL, P], returns: P },
  rocksdb_close: { args: [P], returns: VOID },
  rocksdb_livefiles: { args: [P], returns: P },
  rocksdb_livefiles_count: { args: [P], returns: I32 },
  rocksdb_get_latest_sequence_number: { args: [P], returns: U64 },
  rocksdb_livefiles_size: { args: [P, I32], returns: P },
  rocksdb_livefiles_smallestkey: { args: [P, I32, P], returns: P },
  rocksdb_livefiles_destroy: { args: [P], returns: VOID },
  rocksdb_property_value: { args: [P, P], returns: P },
  rocksdb_free: { args: [P], returns: VOID },
  rocksdb_readoptions_create: { args: [], returns: P },
  rocksdb_readoptions_destroy: { args: [P], returns: VOID },
  rocksdb_readoptions_set_fill_cache: { args: [P, BOOL], returns: VOID },
  rocksdb_readoptions_set_total_order_seek: { args: [P, BOOL], returns: VOID },
  rocksdb_readoptions_set_readahead_size: { args: [P, U64], returns: VOID },
  rocksdb_readoptions_set_ignore_range_deletions: { args: [P, BOOL], returns: VOID },
  rocksdb_readoptions_set_iterate_upper_bound: { args: [P, P, U64], returns: VOID },
  rocksdb_create_iterator: { args: [P, P], returns: P },
  rocksdb_iter_destroy: { args: [P], returns: VOID },
  rocksdb_iter_seek_to_first: { args: [P], returns: VOID },
  rocksdb_iter_seek: { args: [P, P, U64], returns: VOID },
  rocksdb_iter_valid: { args: [P], returns: BOOL },
  rocksdb_iter_next: { args: [P], returns: VOID },
  rocksdb_iter_key: { args: [P, P], returns: P },
  rocksdb_iter_value: { args: [P, P], returns: P },
  rocksdb_iter_get_error: { args: [P, P], returns: VOID },
  rocksdb_envoptions_create: { args: [], returns: P },
  rocksdb_sstfilewriter_create: { args: [P, P], returns: P },
  rocksdb_sstfilewriter_open: { args: [P, P, P], returns: VOID },
  // The two sizes are declared as pointers because Bun passes those fastest; the width is the same.
  rocksdb_sstfilewriter_put: { args: [P, P, P, P, P, P], returns: VOID },
  rocksdb_sstfilewriter_finish: { args: [P, P], returns: VOID },
  rocksdb_sstfilewriter_destroy: { args: [P], returns: VOID },
  rocksdb_ingestexternalfileoptions_create: { args: [], returns: P },
  rocksdb_ingestexternalfileoptions_set_move_files: { args: [P, BOOL], returns: VOID },
  rocksdb_ingest_external_file: { args: [P, P, U64, P, P], returns: VOID },
} as const;

export type RocksDb = ReturnType<typeof dlopen<typeof FUNCTIONS>>["symbols"];

/** Where RocksDB's functions leave an error: a `char*`, null if all went well. */
const errorSlot = new Int32Array(new ArrayBuffer(8));
export const errorPointer: Pointer = ptr(errorSlot.buffer);

/** Loads the newest librocksdb of this system. */
export function loadRocksDb(
  directories: readonly string[] = LIBRARY_DIRECTORIES,
): Result<RocksDb, Failure> {
  const path = findLibrary(directories);
  if (path === undefined) return missing(`cannot find librocksdb.so in ${directories.join(", ")}`);
  try {
    return ok(dlopen(path, FUNCTIONS).symbols);
  } catch (error) {
    return missing(`cannot load ${path}: ${(error as Error).message}`);
  }
}

function missing(error: string): Result<never, Failure> {
  return fail(failureOf(DBUPGRADE, "RocksDbMissing", { error }));
}

/** Takes the error the last call left, if any. */
export function takeError(rocks: RocksDb): string | undefined {
  if (errorSlot[0] === 0 && errorSlot[1] === 0) return undefined;
  const pointer = read.ptr(errorPointer, 0) as Pointer;
  const message = new CString(pointer);
  rocks.rocksdb_free(pointer);
  errorSlot.fill(0);
  return message;
}

function findLibrary(directories: readonly string[]): string | undefined {
  const found = directories.flatMap((directory) =>
    namesIn(directory).flatMap((name) => {
      const [, major, minor] = SONAME.exec(name) ?? [];
      return major === undefined
        ? []
        : [{ path: join(directory, name), major: Number(major), minor: Number(minor ?? 0) }];
    }),
  );
  return found.toSorted((a, b) => b.major - a.major || b.minor - a.minor)[0]?.path;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
