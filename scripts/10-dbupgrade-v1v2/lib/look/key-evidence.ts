/** What the keys of a database show about its format, gathered one key at a time. */
import { type InodeIndex, createInodeIndex } from "../inode-index.ts";
import { inodeOfWords } from "../key-codec.ts";

/** What one half of the keys holds: the first 8 bytes, or the last 8. */
export type Half = {
  /** How many different numbers; MOST_NUMBERS stands for that many or more. */
  readonly numbers: number;
  /** How many of them are no inode with a blob. */
  readonly withoutBlob: number;
  readonly hasZero: boolean;
  /** The largest power of two that all of them are multiples of, as its exponent; 64 if all are 0. */
  readonly gridBits: number;
};

/**
 * A key fits a format if the half that would be its inode is an inode with a blob; where there are no
 * blobs at all, any but 0 is. Numbers beyond 2^53 are decimal texts, so that all of it passes as JSON.
 */
export type KeyEvidence = {
  readonly keys: number;
  /** Whether all keys of the database were looked at, not only its first. */
  readonly isWhole: boolean;
  /** The first key that has not 16 bytes, in hexadecimal digits: nothing was looked at after it. */
  readonly foreign: string | undefined;
  readonly fits: {
    readonly onlyV1: number;
    readonly onlyV2: number;
    readonly both: number;
    readonly neither: number;
  };
  readonly first: Half;
  readonly last: Half;
  /** Inodes with a blob that keys name which fit one format only: at most MOST_NUMBERS. */
  readonly onlyV1Inodes: readonly string[];
  readonly onlyV2Inodes: readonly string[];
  /** The inode without a blob in the first key that does not fit v1, or v2. */
  readonly missingInV1: string | undefined;
  readonly missingInV2: string | undefined;
};

/** Beyond so many different numbers it does not matter how many there are. */
export const MOST_NUMBERS = 4096;

export type KeyWitness = {
  /** The four words of a key as a little-endian machine loads them. */
  readonly add: (firstHigh: number, firstLow: number, lastHigh: number, lastLow: number) => void;
  readonly total: (isWhole: boolean, foreign?: Uint8Array) => KeyEvidence;
};

/** @param blobs the inodes that have a blob */
export function createKeyWitness(blobs: InodeIndex): KeyWitness {
  const first = createHalf(blobs);
  const last = createHalf(blobs);
  const onlyV1 = new Uint8Array(blobs.size());
  const onlyV2 = new Uint8Array(blobs.size());
  const fits = { onlyV1: 0, onlyV2: 0, both: 0, neither: 0 };
  let missingInV1: string | undefined;
  let missingInV2: string | undefined;
  return {
    add(firstHigh, firstLow, lastHigh, lastLow) {
      const v2 = first.add(firstHigh, firstLow);
      const v1 = last.add(lastHigh, lastLow);
      if (v1 && v2) fits.both++;
      else if (v1) {
        fits.onlyV1++;
        if (last.blob() >= 0) onlyV1[last.blob()] = 1;
      } else if (v2) {
        fits.onlyV2++;
        if (first.blob() >= 0) onlyV2[first.blob()] = 1;
      } else fits.neither++;
      if (!v1) missingInV1 ??= String(inodeOfWords(lastHigh, lastLow));
      if (!v2) missingInV2 ??= String(inodeOfWords(firstHigh, firstLow));
    },
    total: (isWhole, foreign) => ({
      keys: fits.onlyV1 + fits.onlyV2 + fits.both + fits.neither,
      isWhole,
      foreign: foreign?.toHex(),
      fits: { ...fits },
      first: first.total(),
      last: last.total(),
      onlyV1Inodes: inodesOf(blobs, onlyV1),
      onlyV2Inodes: inodesOf(blobs, onlyV2),
      missingInV1,
      missingInV2,
    }),
  };
}

function createHalf(blobs: InodeIndex) {
  const numbers = createInodeIndex();
  const known = createInodeIndex();
  for (let blob = 0; blob < blobs.size(); blob++)
    known.findOrAdd(blobs.high(blob), blobs.low(blob));
  let [previousHigh, previousLow] = [0, 0];
  let isFirst = true;
  let fitsNow = false;
  let blobNow = -1;
  let withoutBlob = 0;
  let hasZero = false;
  let [bitsHigh, bitsLow] = [0, 0];

  function look(high: number, low: number): void {
    [previousHigh, previousLow, isFirst] = [high, low, false];
    const isZero = high === 0 && low === 0;
    blobNow = known.find(high, low);
    fitsNow = known.size() === 0 ? !isZero : blobNow >= 0;
    hasZero ||= isZero;
    bitsHigh |= high;
    bitsLow |= low;
    const before = numbers.size();
    if (before >= MOST_NUMBERS) return;
    numbers.findOrAdd(high, low);
    if (numbers.size() > before && blobNow < 0) withoutBlob++;
  }

  return {
    /** Whether the number can be an inode. */
    add(high: number, low: number): boolean {
      if (isFirst || high !== previousHigh || low !== previousLow) look(high, low);
      return fitsNow;
    },
    /** Which blob's inode the last number is; -1 if none. */
    blob: () => blobNow,
    total: (): Half => ({
      numbers: numbers.size(),
      withoutBlob,
      hasZero,
      gridBits: trailingZeros(inodeOfWords(bitsHigh, bitsLow)),
    }),
  };
}

function trailingZeros(number: bigint): number {
  if (number === 0n) return 64;
  let zeros = 0;
  while (((number >> BigInt(zeros)) & 1n) === 0n) zeros++;
  return zeros;
}

function inodesOf(blobs: InodeIndex, seen: Uint8Array): string[] {
  const found: string[] = [];
  for (let blob = 0; blob < seen.length && found.length < MOST_NUMBERS; blob++)
    if (seen[blob] === 1) found.push(String(inodeOfWords(blobs.high(blob), blobs.low(blob))));
  return found;
}
