/** What an opened database shows: its keys and its size. */
import { ptr } from "bun:ffi";
import { type Failure, failureOf } from "../../../../src/lib/failure/failure.ts";
import { DBUPGRADE } from "../../../../src/lib/failure/topics/dbupgrade.ts";
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import {
  ALL,
  type Database,
  closeDatabase,
  latestSequence,
  openToRead,
  scan,
  sizeOf,
} from "../database.ts";
import { type InodeIndex, createInodeIndex } from "../inode-index.ts";
import { KEY_BYTES, inodeWords } from "../key-codec.ts";
import { copyMemory } from "../libc.ts";
import { loadRocksDb, type RocksDb } from "../rocksdb.ts";
import { type KeyEvidence, createKeyWitness } from "./key-evidence.ts";

/** Enough of a plain v1 database to be proved one; copying it then looks at every key. */
const FIRST_KEYS = 100_000;

export type Opened = {
  readonly keys: KeyEvidence;
  /** Of its files, that were stepped over for these keys. */
  readonly entries: number;
  /** Pairs as RocksDB estimates them, and the bytes of all keys and values. */
  readonly pairs: number;
  readonly bytes: number;
  readonly sequence: number;
};

export type Amount = "first-keys" | "all-keys";

/** Opens a database, reads its keys, and changes nothing. @param blobs the inodes with a blob */
export function lookAtKeys(
  path: string,
  blobs: readonly bigint[],
  amount: Amount,
): Result<Opened, Failure> {
  const rocks = loadRocksDb();
  if (!rocks.ok) return rocks;
  const database = openToRead(rocks.value, path);
  if (!database.ok) return unreadable(path, database.error);
  try {
    const keys = readKeys(rocks.value, database.value, indexOf(blobs), amount);
    if (!keys.ok) return unreadable(path, keys.error);
    return ok({
      ...keys.value,
      ...sizeOf(rocks.value, database.value),
      sequence: latestSequence(rocks.value, database.value),
    });
  } finally {
    closeDatabase(rocks.value, database.value);
  }
}

function readKeys(
  rocks: RocksDb,
  database: Database,
  blobs: InodeIndex,
  amount: Amount,
): Result<Pick<Opened, "keys" | "entries">, string> {
  const most = amount === "all-keys" ? Number.POSITIVE_INFINITY : FIRST_KEYS;
  const witness = createKeyWitness(blobs);
  const key = new Int32Array(new ArrayBuffer(KEY_BYTES));
  const keyAddress: number = ptr(key.buffer);
  let foreign: Uint8Array | undefined;
  let keys = 0;
  const scanned = scan(rocks, database.handle, ALL, (address, bytes) => {
    if (bytes !== KEY_BYTES) {
      foreign = copyOut(address, bytes);
      return false;
    }
    if (keys === most) return false;
    keys++;
    copyMemory(keyAddress, address, KEY_BYTES);
    witness.add(key[0] as number, key[1] as number, key[2] as number, key[3] as number);
    return true;
  });
  if (!scanned.ok) return fail(scanned.error);
  return ok({ keys: witness.total(keys < most, foreign), entries: scanned.value });
}

function copyOut(address: number, bytes: number): Uint8Array {
  const copy = new Uint8Array(new ArrayBuffer(bytes));
  if (bytes > 0) copyMemory(ptr(copy), address, bytes);
  return copy;
}

function indexOf(inodes: readonly bigint[]): InodeIndex {
  const index = createInodeIndex();
  for (const inode of inodes) {
    const { high, low } = inodeWords(inode);
    index.findOrAdd(high, low);
  }
  return index;
}

function unreadable(database: string, error: string): Result<never, Failure> {
  return fail(failureOf(DBUPGRADE, "DatabaseUnreadable", { database, error }));
}
