/**
 * The second half of the external sort: joins the runs to one sequence in the order (inode, offset).
 * A later run holds later offsets, so an inode's records are those of its segments, run by run.
 */
import { ptr } from "bun:ffi";
import { readSync } from "node:fs";
import { compareInodeWords } from "./key-codec.ts";
import { punchHole } from "./libc.ts";
import { RECORD_HEADER_WORDS, type Run, SEGMENT_HEADER_WORDS } from "./run-buffer.ts";

/** What one run gets of the memory, in bytes. */
const LARGEST_WINDOW_BYTES = 4 << 20;
const SMALLEST_WINDOW_BYTES = 16 << 10;
/** What has been read of a run is given back to the file system in pieces of this size. */
const PUNCH_BYTES = 8 << 20;

/** Called for each pair in order, with the address and size in bytes of its value. */
export type Emit = (
  inodeHigh: number,
  inodeLow: number,
  offsetHigh: number,
  offsetLow: number,
  value: number,
  bytes: number,
) => void;

/** `memory` is what there is for reading the runs, in bytes. Throws as read(2) fails. */
export function mergeRuns(
  runs: readonly Run[],
  largestRecordWords: number,
  memory: number,
  emit: Emit,
): void {
  const share = Math.floor(memory / Math.max(runs.length, 1));
  const window = Math.min(Math.max(share, SMALLEST_WINDOW_BYTES), LARGEST_WINDOW_BYTES);
  const windowWords = Math.max(window >> 2, largestRecordWords, SEGMENT_HEADER_WORDS);
  let open = runs
    .map((run) => createReader(run, windowWords))
    .filter((reader) => reader.nextSegment());
  while (open.length > 0) {
    const lowest = open.reduce((a, b) =>
      compareInodeWords(a.high, a.low, b.high, b.low) <= 0 ? a : b,
    );
    const { high, low } = lowest;
    for (const reader of open) {
      if (reader.high === high && reader.low === low) {
        reader.emitSegment(emit);
        reader.nextSegment();
      }
    }
    open = open.filter((reader) => reader.remaining > 0);
  }
}

type Reader = {
  /** Of the segment that comes next; `remaining` words of it, 0 at the end of the run. */
  high: number;
  low: number;
  remaining: number;
  readonly nextSegment: () => boolean;
  readonly emitSegment: (emit: Emit) => void;
};

function createReader(run: Run, windowWords: number): Reader {
  const words = new Int32Array(new ArrayBuffer(windowWords * 4));
  const bytes = new Uint8Array(words.buffer);
  const address: number = ptr(words.buffer);
  let at = 0;
  let end = 0;
  let offset = run.start;
  let punched = run.start;

  /** Makes the window hold at least so many words from `at` on. */
  function need(count: number): void {
    if (end - at >= count) return;
    words.copyWithin(0, at, end);
    end -= at;
    at = 0;
    let filled = end * 4;
    const want = Math.min(bytes.length, filled + run.end - offset);
    while (filled < want) {
      const got = readSync(run.file, bytes, filled, want - filled, offset);
      if (got === 0) throw new Error("a sorted run is shorter than it was written");
      filled += got;
      offset += got;
    }
    end = filled >> 2;
    if (offset - punched >= PUNCH_BYTES) {
      punchHole(run.file, punched, offset - punched);
      punched = offset;
    }
  }

  const reader: Reader = {
    high: 0,
    low: 0,
    remaining: 0,
    nextSegment() {
      if (at === end && offset === run.end) return false;
      need(SEGMENT_HEADER_WORDS);
      reader.high = words[at] as number;
      reader.low = words[at + 1] as number;
      reader.remaining = words[at + 2] as number;
      at += SEGMENT_HEADER_WORDS;
      return true;
    },
    emitSegment(emit) {
      const { high, low } = reader;
      while (reader.remaining > 0) {
        need(RECORD_HEADER_WORDS);
        const length = RECORD_HEADER_WORDS + (((words[at + 2] as number) + 3) >>> 2);
        need(length);
        const value = address + (at + RECORD_HEADER_WORDS) * 4;
        emit(
          high,
          low,
          words[at] as number,
          words[at + 1] as number,
          value,
          words[at + 2] as number,
        );
        at += length;
        reader.remaining -= length;
      }
    },
  };
  return reader;
}
