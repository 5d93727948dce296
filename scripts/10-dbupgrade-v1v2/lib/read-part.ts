/** Reads and checks a part of a v1 database and leaves it as sorted runs. */
import { type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Content, createChecksum } from "./checksum.ts";
import { type Range, scan } from "./database.ts";
import { type InodeIndex, createInodeIndex } from "./inode-index.ts";
import { KEY_BYTES, V1_INODE_WORD, V1_OFFSET_WORD } from "./key-codec.ts";
import { copyMemory } from "./libc.ts";
import type { RocksDb } from "./rocksdb.ts";
import { RECORD_HEADER_WORDS, type Run, createRunBuffer } from "./run-buffer.ts";
import type { Tally } from "./tally.ts";

export type ReadJob = {
  /** The opened v1 database, a `rocksdb_t*` of this process. */
  readonly database: number;
  readonly range: Range;
  /** The inodes that may occur, as the words of their keys; if there are none, all may. */
  readonly blobs: { readonly high: Int32Array; readonly low: Int32Array };
  /** An open, empty file for the runs. */
  readonly runsFile: number;
  /** For gathering pairs, in bytes. */
  readonly memory: number;
};

/** A key that is not v1. */
export type Misfit = { readonly key: Uint8Array; readonly why: "width" | "inode" };

export type ReadPart = {
  readonly misfit: Misfit | undefined;
  readonly runs: readonly Run[];
  readonly largestRecordWords: number;
  readonly content: Content;
  /** Of the files, that were stepped over: pairs, what they overwrote, and deletions. */
  readonly entries: number;
};

/** Throws as write(2) fails. */
export function readPart(rocks: RocksDb, job: ReadJob, tally: Tally): Result<ReadPart, string> {
  const anyInode = job.blobs.high.length === 0;
  const inodes = indexOf(job.blobs);
  const buffer = createRunBuffer(inodes, job.memory);
  const checksum = createChecksum();
  const runs: Run[] = [];
  const key = new Int32Array(new ArrayBuffer(KEY_BYTES));
  const keyAddress: number = ptr(key.buffer);
  let misfit: Misfit | undefined;
  let tooLarge: number | undefined;

  function numberOf(high: number, low: number): number {
    return anyInode ? inodes.findOrAdd(high, low) : inodes.find(high, low);
  }

  /** Where the pair's record is; undefined if its inode must not occur, -1 if it is too large. */
  function append(high: number, low: number, value: number, size: number): number | undefined {
    const offsetHigh = key[V1_OFFSET_WORD] as number;
    const offsetLow = key[V1_OFFSET_WORD + 1] as number;
    const inode = numberOf(high, low);
    if (inode < 0) return undefined;
    const at = buffer.append(inode, offsetHigh, offsetLow, value, size);
    if (at >= 0) return at;
    spill();
    return buffer.append(numberOf(high, low), offsetHigh, offsetLow, value, size);
  }

  function spill(): void {
    const run = buffer.spill(job.runsFile);
    if (run !== undefined) runs.push(run);
    if (anyInode) inodes.clear(); // there may be more than memory holds
  }

  const scanned = scan(
    rocks,
    job.database as Pointer,
    job.range,
    (address, bytes, value, valueBytes) => {
      if (bytes !== KEY_BYTES) {
        misfit = { key: copyOut(address, bytes), why: "width" };
        return false;
      }
      copyMemory(keyAddress, address, KEY_BYTES);
      const high = key[V1_INODE_WORD] as number;
      const low = key[V1_INODE_WORD + 1] as number;
      const at = append(high, low, value, valueBytes);
      if (at === undefined) {
        misfit = { key: copyOut(address, bytes), why: "inode" };
        return false;
      }
      if (at < 0) {
        tooLarge = valueBytes;
        return false;
      }
      const end = at + RECORD_HEADER_WORDS + ((valueBytes + 3) >>> 2);
      checksum.add(high, low, buffer.words, at, end);
      tally.add(KEY_BYTES + 8 + valueBytes);
      return true;
    },
  );
  if (!scanned.ok) return scanned;
  if (tooLarge !== undefined)
    return fail(
      `a value of ${tooLarge} bytes does not fit the ${job.memory} bytes there are for it`,
    );
  if (misfit === undefined) spill();
  return ok({
    misfit,
    runs,
    largestRecordWords: buffer.largestRecordWords(),
    content: checksum.total(),
    entries: scanned.value,
  });
}

function indexOf({ high, low }: ReadJob["blobs"]): InodeIndex {
  const index = createInodeIndex();
  for (const [number, word] of high.entries()) index.findOrAdd(word, low[number] as number);
  return index;
}

function copyOut(address: number, bytes: number): Uint8Array {
  return new Uint8Array(toArrayBuffer(address, 0, bytes)).slice();
}
