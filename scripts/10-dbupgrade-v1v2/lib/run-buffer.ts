/**
 * The first half of the external sort. v1 comes in the order (offset, inode), so the pairs of one
 * inode come in the order of their offsets: sorting is putting pairs to those of their inode. They
 * gather in memory, inode by inode; when the memory is full all of it is written out as one run.
 *
 * A run is a sequence of segments in ascending order of their inodes. A segment: inode (two words),
 * number of words that follow; then records: offset (two words), bytes of the value, value padded
 * with zero bytes to whole words. Words are as the machine loads them.
 */
import { ptr } from "bun:ffi";
import { writeSync } from "node:fs";
import type { InodeIndex } from "./inode-index.ts";
import { compareInodeWords } from "./key-codec.ts";
import { copyMemory } from "./libc.ts";

export const SEGMENT_HEADER_WORDS = 3;
export const RECORD_HEADER_WORDS = 3;

/** Where a run lies, in bytes of an open file. */
export type Run = {
  readonly file: number;
  readonly start: number;
  readonly end: number;
  /** Some of its segments, the first among them: enough to find the others soon. */
  readonly marks: readonly Mark[];
};

export type Mark = { readonly high: number; readonly low: number; readonly position: number };

export type RunBuffer = {
  /** All records; `append` gives positions in it. */
  readonly words: Int32Array;
  /** Copies a pair in, behind those of its inode; gives its record's position, or -1 if memory is full. */
  readonly append: (
    inode: number,
    offsetHigh: number,
    offsetLow: number,
    value: number,
    bytes: number,
  ) => number;
  /** Writes what is there as a run at the end of the file (undefined if nothing is) and empties the buffer. */
  readonly spill: (fd: number) => Run | undefined;
  readonly largestRecordWords: () => number;
};

/** An inode's records lie in extents, chained by their first word; the second says where they end. */
const EXTENT_HEADER_WORDS = 2;
const SMALLEST_EXTENT_WORDS = 32;
const LARGEST_EXTENT_WORDS = 2048;
const OUTPUT_BYTES = 1 << 20;
/** Segments are marked at least so many bytes apart. */
const MARK_BYTES = 1 << 20;

/** A buffer of `bytes` bytes for pairs of the inodes that `inodes` numbers. */
export function createRunBuffer(inodes: InodeIndex, bytes: number): RunBuffer {
  const words = new Int32Array(new ArrayBuffer(bytes));
  const address: number = ptr(words.buffer);
  const zeros = () => Array.from({ length: inodes.size() }, () => 0);
  const first = zeros(); // by inode: its first extent, 0 if it has none
  const current = zeros(); // its last extent
  const at = zeros(); // where its next record goes
  const limit = zeros(); // where its last extent ends
  const header = new Int32Array(new ArrayBuffer(SEGMENT_HEADER_WORDS * 4));
  const headerAddress: number = ptr(header.buffer);
  const output = createOutput();
  let free = 1;
  let largest = 0;
  let fileEnd = 0;

  function append(
    inode: number,
    offsetHigh: number,
    offsetLow: number,
    value: number,
    size: number,
  ): number {
    const length = RECORD_HEADER_WORDS + ((size + 3) >>> 2);
    let position = (at[inode] ??= 0);
    if (position + length > (limit[inode] ??= 0)) {
      if (!addExtent(inode, length)) return -1;
      position = at[inode];
    }
    if (length > largest) largest = length;
    words[position + length - 1] = 0; // the padding
    words[position] = offsetHigh;
    words[position + 1] = offsetLow;
    words[position + 2] = size;
    copyMemory(address + (position + RECORD_HEADER_WORDS) * 4, value, size);
    at[inode] = position + length;
    return position;
  }

  function addExtent(inode: number, need: number): boolean {
    const before = current[inode] ?? 0;
    const previousSize = before === 0 ? 0 : (limit[inode] as number) - before;
    const usual = Math.min(Math.max(previousSize * 2, SMALLEST_EXTENT_WORDS), LARGEST_EXTENT_WORDS);
    const size = Math.max(usual, need + EXTENT_HEADER_WORDS);
    if (free + size > words.length) return false;
    const extent = free;
    free += size;
    words[extent] = 0;
    if (before === 0) first[inode] = extent;
    else closeExtent(inode, before, extent);
    current[inode] = extent;
    at[inode] = extent + EXTENT_HEADER_WORDS;
    limit[inode] = extent + size;
    return true;
  }

  function closeExtent(inode: number, extent: number, next: number): void {
    words[extent] = next;
    words[extent + 1] = at[inode] as number;
  }

  function spill(fd: number): Run | undefined {
    output.start(fd);
    const marks: Mark[] = [];
    for (const inode of filledInodes()) {
      closeExtent(inode, current[inode] as number, 0);
      const [high, low] = [inodes.high(inode), inodes.low(inode)];
      const position = fileEnd + output.length();
      if (position - (marks.at(-1)?.position ?? -MARK_BYTES) >= MARK_BYTES)
        marks.push({ high, low, position });
      let length = 0;
      eachExtent(inode, (from, to) => (length += to - from));
      header.set([high, low, length]);
      output.write(headerAddress, header.byteLength);
      eachExtent(inode, (from, to) => output.write(address + from * 4, (to - from) * 4));
    }
    const written = output.end();
    for (const list of [first, current, at, limit]) list.fill(0);
    free = 1;
    if (written === 0) return undefined;
    const run = { file: fd, start: fileEnd, end: fileEnd + written, marks };
    fileEnd = run.end;
    return run;
  }

  function filledInodes(): number[] {
    const filled = [...first.keys()].filter((inode) => (first[inode] ?? 0) !== 0);
    return filled.toSorted((a, b) =>
      compareInodeWords(inodes.high(a), inodes.low(a), inodes.high(b), inodes.low(b)),
    );
  }

  /** The words of an inode's records, piece by piece. */
  function eachExtent(inode: number, visit: (from: number, to: number) => void): void {
    for (let extent = first[inode] as number; extent !== 0; extent = words[extent] as number)
      visit(extent + EXTENT_HEADER_WORDS, words[extent + 1] as number);
  }

  return { words, append, spill, largestRecordWords: () => largest };
}

/**
 * Writes memory to a file in large blocks; throws as write(2) fails. It copies by address: views of
 * the memory would be garbage faster than it is collected.
 */
function createOutput() {
  const block = new Uint8Array(new ArrayBuffer(OUTPUT_BYTES));
  const blockAddress: number = ptr(block.buffer);
  let fd = -1;
  let filled = 0;
  let written = 0;
  function flush(): void {
    for (let done = 0; done < filled;) done += writeSync(fd, block, done, filled - done);
    written += filled;
    filled = 0;
  }
  return {
    start(file: number): void {
      fd = file;
      written = 0;
    },
    write(address: number, bytes: number): void {
      for (let done = 0; done < bytes;) {
        if (filled === OUTPUT_BYTES) flush();
        const part = Math.min(bytes - done, OUTPUT_BYTES - filled);
        copyMemory(blockAddress + filled, address + done, part);
        filled += part;
        done += part;
      }
    },
    length: () => written + filled,
    end(): number {
      flush();
      return written;
    },
  };
}
