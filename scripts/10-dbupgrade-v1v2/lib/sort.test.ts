/** The external sort and the checksum, on memory so small that everything spills. */
import { expect, test } from "bun:test";
import { ptr, toArrayBuffer } from "bun:ffi";
import { closeSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { NO_PAIRS, createChecksum, digest, join as joinContents } from "./checksum.ts";
import { createInodeIndex } from "./inode-index.ts";
import { inodeOfWords, inodeWords } from "./key-codec.ts";
import { cuts, rangesOf } from "./parts.ts";
import { describeProgress } from "./progress.ts";
import { type Run, createRunBuffer } from "./run-buffer.ts";
import { cutRuns } from "./run-cut.ts";
import { mergeRuns } from "./run-merge.ts";

type Pair = { readonly inode: bigint; readonly offset: bigint; readonly value: Uint8Array };

const u64 = fc.oneof(fc.bigInt(0n, 9n), fc.bigInt(0n, 2n ** 64n - 1n));
const pairsOf = fc.uniqueArray(
  fc.record({ inode: u64, offset: u64, value: fc.uint8Array({ maxLength: 300 }) }),
  { selector: ({ inode, offset }) => `${inode} ${offset}`, maxLength: 150 },
);

test("sorts v1 to the order of v2, in one part or several, and counts every pair", () => {
  fc.assert(
    fc.property(pairsOf, fc.integer({ min: 1, max: 4 }), (pairs, parts) => {
      const v1 = pairs.toSorted((a, b) => compare(a.offset, b.offset) || compare(a.inode, b.inode));
      const v2 = pairs.toSorted((a, b) => compare(a.inode, b.inode) || compare(a.offset, b.offset));
      expect(sort(v1, parts)).toEqual(v2.map(describe));
    }),
    { numRuns: 200 },
  );
});

function sort(pairs: readonly Pair[], parts: number): string[] {
  const file = openSync(join(tmpdir(), `runs-${process.pid}`), "w+");
  try {
    const inodes = createInodeIndex();
    const buffer = createRunBuffer(inodes, 8192);
    const runs: Run[] = [];
    const spill = () => {
      const run = buffer.spill(file);
      if (run !== undefined) runs.push(run);
    };
    for (const { inode, offset, value } of pairs) {
      const words = inodeWords(inode);
      const number = inodes.findOrAdd(words.high, words.low);
      const at = inodeWords(offset); // an offset is encoded as an inode is
      const copy = new Uint8Array([...value, 0]);
      const append = () => buffer.append(number, at.high, at.low, ptr(copy), value.length);
      if (append() < 0) {
        spill();
        expect(append()).toBeGreaterThanOrEqual(0);
      }
    }
    spill();
    const sorted: string[] = [];
    for (const piece of cutRuns(runs, parts)) {
      mergeRuns(
        piece,
        buffer.largestRecordWords(),
        1024,
        (high, low, offsetHigh, offsetLow, address, bytes) => {
          const value =
            bytes === 0
              ? new Uint8Array()
              : new Uint8Array(toArrayBuffer(address, 0, bytes)).slice();
          sorted.push(
            describe({
              inode: inodeOfWords(high, low),
              offset: inodeOfWords(offsetHigh, offsetLow),
              value,
            }),
          );
        },
      );
    }
    return sorted;
  } finally {
    closeSync(file);
  }
}

function describe({ inode, offset, value }: Pair): string {
  return `${inode} ${offset} ${value.toHex()}`;
}

type Words = readonly [high: number, low: number, record: number[]];
const words = fc.array(
  fc.tuple(fc.integer(), fc.integer(), fc.array(fc.integer(), { minLength: 3, maxLength: 9 })),
  { minLength: 2, maxLength: 20 },
);

test("the checksum is the same in any order and in any parts", () => {
  fc.assert(
    fc.property(words, fc.nat(), (pairs, cut) => {
      const at = cut % pairs.length;
      const whole = contentOf(pairs);
      expect(contentOf(pairs.toReversed())).toEqual(whole);
      const parts = [contentOf(pairs.slice(at)), contentOf(pairs.slice(0, at))];
      expect(parts.reduce(joinContents, NO_PAIRS)).toEqual(whole);
    }),
  );
});

test("the checksum shows any changed word, and values that changed places", () => {
  fc.assert(
    fc.property(words, fc.nat(), fc.nat(), fc.integer(), (pairs, which, where, word) => {
      const changed = structuredClone(pairs);
      const record = changed[which % changed.length]?.[2] ?? [];
      fc.pre(record[where % record.length] !== word);
      record[where % record.length] = word;
      expect(digest(contentOf(changed))).not.toBe(digest(contentOf(pairs)));
    }),
  );
  const [one, other] = [[1, 2, [0, 1, 4, 77]] as Words, [1, 3, [0, 1, 4, 88]] as Words];
  const swapped = [[1, 2, [0, 1, 4, 88]] as Words, [1, 3, [0, 1, 4, 77]] as Words];
  expect(digest(contentOf(swapped))).not.toBe(digest(contentOf([one, other])));
});

function contentOf(pairs: readonly Words[]) {
  const checksum = createChecksum();
  for (const [high, low, record] of pairs)
    checksum.add(high, low, Int32Array.from(record), 0, record.length);
  return checksum.total();
}

test("work is cut into even parts, and never twice at one place", () => {
  const pieces = [1, 2, 3, 4, 5, 6, 7, 8].map((at) => ({ at, weight: 10 }));
  expect(cuts(pieces, (a, b) => a - b, 1)).toEqual([]);
  expect(cuts(pieces, (a, b) => a - b, 2)).toEqual([5]);
  expect(cuts(pieces, (a, b) => a - b, 4)).toEqual([3, 5, 7]);
  expect(
    cuts(
      [
        { at: 1, weight: 10 },
        { at: 1, weight: 10 },
      ],
      (a, b) => a - b,
      2,
    ),
  ).toEqual([]);
  expect(cuts([], (a: number, b: number) => a - b, 4)).toEqual([]);
  const [first, second] = [Uint8Array.of(1), Uint8Array.of(2)];
  const tables = [first, second].map((smallest) => ({ smallest, bytes: 5 }));
  expect(rangesOf(tables, 2)).toEqual([
    { from: undefined, to: second },
    { from: second, to: undefined },
  ]);
  expect(rangesOf([], 2)).toEqual([{ from: undefined, to: undefined }]);
});

test("progress tells percent, speed and time left", () => {
  expect(describeProgress(0, 3e9, 3, 5000)).toBe("0 %, 0.0 MB/s");
  expect(describeProgress(45e8, 3e9, 3, 15_000)).toBe("50 %, 100 MB/s, about 15s left");
  expect(describeProgress(9e8, 3e9, 3, 60_000)).toBe("10 %, 5.0 MB/s, about 9m 0s left");
  expect(describeProgress(9e7, 3e9, 3, 60_000)).toBe("1 %, 0.5 MB/s, about 1h 39m left");
  expect(describeProgress(99e9, 3e9, 3, 60_000)).toBe("100 %, 550 MB/s, about 0s left");
});

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
