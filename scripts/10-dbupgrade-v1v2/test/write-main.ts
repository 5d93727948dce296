/**
 * Writes to the database at argv[2] by RocksDB's C API, with the options in argv[3] (RocksDB's own
 * text for them). The operations are lines on stdin: a word and hexadecimal keys and values.
 */
import { CString, FFIType, dlopen, ptr, read } from "bun:ffi";

const { ptr: P, u64: U64, u8: BOOL, void: VOID } = FFIType;
const rocks = dlopen("librocksdb.so.7.8", {
  rocksdb_options_create: { args: [], returns: P },
  rocksdb_options_set_create_if_missing: { args: [P, BOOL], returns: VOID },
  rocksdb_get_options_from_string: { args: [P, P, P, P], returns: VOID },
  rocksdb_options_set_uint64add_merge_operator: { args: [P], returns: VOID },
  rocksdb_open: { args: [P, P, P], returns: P },
  rocksdb_close: { args: [P], returns: VOID },
  rocksdb_writeoptions_create: { args: [], returns: P },
  rocksdb_writeoptions_disable_WAL: { args: [P, BOOL], returns: VOID },
  rocksdb_flushoptions_create: { args: [], returns: P },
  rocksdb_put: { args: [P, P, P, U64, P, U64, P], returns: VOID },
  rocksdb_merge: { args: [P, P, P, U64, P, U64, P], returns: VOID },
  rocksdb_delete: { args: [P, P, P, U64, P], returns: VOID },
  rocksdb_singledelete: { args: [P, P, P, U64, P], returns: VOID },
  rocksdb_writebatch_create: { args: [], returns: P },
  rocksdb_writebatch_delete_range: { args: [P, P, U64, P, U64], returns: VOID },
  rocksdb_write: { args: [P, P, P, P], returns: VOID },
  rocksdb_flush: { args: [P, P, P], returns: VOID },
  rocksdb_compact_range: { args: [P, P, U64, P, U64], returns: VOID },
}).symbols;

const slot = new BigUint64Array(1);
const slotAddress = ptr(slot);
const text = (value: string) => Buffer.from(`${value}\0`);
const [, , path = "", settings = ""] = process.argv;
const plain = rocks.rocksdb_options_create();
const options = rocks.rocksdb_options_create();
rocks.rocksdb_get_options_from_string(plain, text(settings), options, slot);
check();
rocks.rocksdb_options_set_create_if_missing(options, 1);
rocks.rocksdb_options_set_uint64add_merge_operator(options);
const db = rocks.rocksdb_open(options, text(path), slot);
check();
const how = rocks.rocksdb_writeoptions_create();
const withoutWal = rocks.rocksdb_writeoptions_create();
rocks.rocksdb_writeoptions_disable_WAL(withoutWal, 1);

const DO: Record<string, (key: Bytes, value: Bytes) => unknown> = {
  put: (key, value) => rocks.rocksdb_put(db, how, ...key, ...value, slot),
  "put-without-wal": (key, value) => rocks.rocksdb_put(db, withoutWal, ...key, ...value, slot),
  merge: (key, value) => rocks.rocksdb_merge(db, how, ...key, ...value, slot),
  delete: (key) => rocks.rocksdb_delete(db, how, ...key, slot),
  "single-delete": (key) => rocks.rocksdb_singledelete(db, how, ...key, slot),
  "delete-range": (from, to) => {
    const batch = rocks.rocksdb_writebatch_create();
    rocks.rocksdb_writebatch_delete_range(batch, ...from, ...to);
    rocks.rocksdb_write(db, how, batch, slot);
  },
  flush: () => rocks.rocksdb_flush(db, rocks.rocksdb_flushoptions_create(), slot),
  compact: () => rocks.rocksdb_compact_range(db, null, 0, null, 0),
  close: () => rocks.rocksdb_close(db),
  crash: () => {
    process.kill(process.pid, "SIGKILL");
    Bun.sleepSync(60_000);
  },
};

for (const line of (await Bun.stdin.text()).split("\n").filter(Boolean)) {
  const [word = "", key = "", value = ""] = line.split(" ");
  DO[word]?.(bytes(key), bytes(value));
  check();
}

/** As the C functions take them; one byte more, for RocksDB wants an address also of nothing. */
type Bytes = [Buffer, number];

function bytes(hex: string): Bytes {
  return [Buffer.from(`${hex}00`, "hex"), hex.length / 2];
}

function check(): void {
  if (slot[0] === 0n) return;
  throw new Error(new CString(read.ptr(slotAddress, 0)));
}
