/** Whether keys fit v1 or v2, by the blobs that must lie beside their inodes. */
import { ptr } from "bun:ffi";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { ALL, type Database, scan } from "./database.ts";
import type { Shown } from "./decide.ts";
import type { InodeIndex } from "./inode-index.ts";
import { KEY_BYTES, V1_INODE_WORD, V2_INODE_WORD } from "./key-codec.ts";
import { copyMemory } from "./libc.ts";
import type { RocksDb } from "./rocksdb.ts";

const PROBED_KEYS = 1000;

/**
 * Looks at the first keys. v2 is said only if all of them fit v2 and one of them cannot be v1, so
 * without any blobs every database with keys of the right width shows as v1.
 */
export function probeFormat(
  rocks: RocksDb,
  database: Database,
  blobs: InodeIndex,
): Result<Shown, string> {
  return look(rocks, database, blobs, PROBED_KEYS);
}

/** Looks at all keys: whether the database is v2 and cannot be v1. */
export function isWhollyV2(
  rocks: RocksDb,
  database: Database,
  blobs: InodeIndex,
): Result<boolean, string> {
  const shown = look(rocks, database, blobs, Number.POSITIVE_INFINITY);
  return shown.ok ? ok(shown.value === "v2") : shown;
}

function look(
  rocks: RocksDb,
  database: Database,
  blobs: InodeIndex,
  atMost: number,
): Result<Shown, string> {
  const key = new Int32Array(new ArrayBuffer(KEY_BYTES));
  const keyAddress: number = ptr(key.buffer);
  const anyBlobs = blobs.size() > 0;
  let pairs = 0;
  let foreign = false;
  let allFitV2 = anyBlobs;
  let allFitV1 = true;
  const known = (at: number) =>
    !anyBlobs || blobs.find(key[at] as number, key[at + 1] as number) >= 0;

  const scanned = scan(rocks, database.handle, ALL, (address, bytes) => {
    foreign = bytes !== KEY_BYTES;
    if (foreign) return false;
    copyMemory(keyAddress, address, KEY_BYTES);
    allFitV1 &&= known(V1_INODE_WORD);
    allFitV2 &&= known(V2_INODE_WORD);
    return ++pairs < atMost;
  });
  if (!scanned.ok) return fail(scanned.error);
  if (foreign) return ok("foreign");
  if (pairs === 0) return ok("empty");
  return ok(allFitV2 && !allFitV1 ? "v2" : "v1");
}
