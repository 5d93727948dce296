/** Reads a part of a v2 database back. */
import { type Pointer, ptr } from "bun:ffi";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Content, createChecksum } from "./checksum.ts";
import { type Range, scan } from "./database.ts";
import { KEY_BYTES, V2_INODE_WORD, V2_OFFSET_WORD } from "./key-codec.ts";
import { copyMemory } from "./libc.ts";
import type { RocksDb } from "./rocksdb.ts";
import { RECORD_HEADER_WORDS } from "./run-buffer.ts";
import type { Tally } from "./tally.ts";

export type VerifyJob = {
  /** The opened v2 database, a `rocksdb_t*` of this process. */
  readonly database: number;
  readonly range: Range;
};

export function verifyPart(rocks: RocksDb, job: VerifyJob, tally: Tally): Result<Content, string> {
  const checksum = createChecksum();
  const key = new Int32Array(new ArrayBuffer(KEY_BYTES));
  const keyAddress: number = ptr(key.buffer);
  let record = new Int32Array(new ArrayBuffer(4096));
  let recordAddress: number = ptr(record.buffer);
  let oddKey = false;

  const scanned = scan(
    rocks,
    job.database as Pointer,
    job.range,
    (address, bytes, value, valueBytes) => {
      oddKey = bytes !== KEY_BYTES;
      if (oddKey) return false;
      copyMemory(keyAddress, address, KEY_BYTES);
      const end = RECORD_HEADER_WORDS + ((valueBytes + 3) >>> 2);
      if (end > record.length) {
        record = new Int32Array(new ArrayBuffer(end * 8));
        recordAddress = ptr(record.buffer);
      }
      record[end - 1] = 0; // the padding
      record[0] = key[V2_OFFSET_WORD] as number;
      record[1] = key[V2_OFFSET_WORD + 1] as number;
      record[2] = valueBytes;
      copyMemory(recordAddress + RECORD_HEADER_WORDS * 4, value, valueBytes);
      checksum.add(key[V2_INODE_WORD] as number, key[V2_INODE_WORD + 1] as number, record, 0, end);
      tally.add(KEY_BYTES + 8 + valueBytes);
      return true;
    },
  );
  if (!scanned.ok) return scanned;
  if (oddKey) return fail("v2 holds a key of the wrong width");
  return ok(checksum.total());
}
