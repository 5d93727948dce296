/**
 * What the keys prove about the format. Pure.
 *
 * Turned around, every v1 database is a possible v2 database, so no single key proves anything. What
 * proves a format is that the other one would be an unlikely accident: each sign below is worth as
 * many bits as its accident is rare (10 bits: one in 1024), at a cautious estimate.
 */
import type { Half, KeyEvidence } from "../look/key-evidence.ts";
import type { Format } from "../key-codec.ts";

/** An accident of one in 2^25 proves a format: about one in 30 million. */
const PROOF_BITS = 25;

/** Offsets in bytes are multiples of a disk's sector: 2^9. An inode is one by accident, one in 2^9. */
const SECTOR_BITS = 9;
const MOST_GRID_BITS = 18;

/** Every volume is written at its offset 0; no inode is 0. */
const ZERO_BITS = 8;

/** So many volumes a node may have; more different numbers than that are hardly inodes. */
const MANY_VOLUMES = 256;
const CROWD_BITS = 12;
const CROWD_BITS_A_DOUBLING = 10;
const MOST_CROWD_BITS = 24;

/** No one kind of sign proves a format alone. */
const MOST_BLOB_BITS = 24;
const MOST_WITHOUT_BLOB_BITS = 10;

/** Without any blobs only this many keys, of two volumes or more, are plain. */
const PLAIN_KEYS = 1000;

/** This rare an accident in keys that fit only the other format keeps an operator's word from counting. */
const OPPOSING_BITS = 5;

/** @param blobs all inodes with a blob, in ascending order */
export function proves(format: Format, keys: KeyEvidence, blobs: readonly bigint[]): boolean {
  if (keys.foreign !== undefined || keys.keys === 0) return false;
  const others = format === "v1" ? keys.fits.onlyV2 : keys.fits.onlyV1;
  if (others > 0 || keys.fits.neither > 0) return false;
  if (blobs.length === 0 && !isPlain(format, keys)) return false;
  const other = format === "v1" ? "v2" : "v1";
  return bitsFor(format, keys, blobs) - bitsFor(other, keys, blobs) >= PROOF_BITS;
}

/** Whether some keys are so surely of this format that nobody may say that the database is of the other. */
export function opposes(format: Format, keys: KeyEvidence, blobs: readonly bigint[]): boolean {
  const { inodes, half } = sidesOf(format, keys);
  return chanceBits(inodes.map(BigInt), blobs, half.gridBits) >= OPPOSING_BITS;
}

function isPlain(format: Format, keys: KeyEvidence): boolean {
  const { half, offsets } = sidesOf(format, keys);
  return (
    keys.isWhole &&
    keys.keys >= PLAIN_KEYS &&
    half.numbers >= 2 &&
    half.numbers <= MANY_VOLUMES &&
    offsets.numbers > MANY_VOLUMES &&
    offsets.hasZero
  );
}

/** How rare an accident it would be that a database of the other format looks so. */
export function bitsFor(format: Format, keys: KeyEvidence, blobs: readonly bigint[]): number {
  const { half, offsets, inodes } = sidesOf(format, keys);
  const zero = offsets.hasZero && !half.hasZero ? ZERO_BITS : 0;
  const blobBits = chanceBits(inodes.map(BigInt), blobs, half.gridBits);
  const without = inodes.length === 0 ? 0 : Math.log2(1 + offsets.withoutBlob);
  return (
    zero +
    gridBits(half, offsets) +
    crowdBits(half, offsets) +
    Math.min(blobBits, MOST_BLOB_BITS) +
    Math.min(without, MOST_WITHOUT_BLOB_BITS)
  );
}

/** The halves in the roles that the format gives them, and the inodes that speak for it alone. */
function sidesOf(format: Format, keys: KeyEvidence) {
  return format === "v1"
    ? { half: keys.last, offsets: keys.first, inodes: keys.onlyV1Inodes }
    : { half: keys.first, offsets: keys.last, inodes: keys.onlyV2Inodes };
}

function gridBits(half: Half, offsets: Half): number {
  if (offsets.gridBits < SECTOR_BITS || half.gridBits >= SECTOR_BITS) return 0;
  const notZero = offsets.numbers - (offsets.hasZero ? 1 : 0);
  return Math.min(notZero * SECTOR_BITS, MOST_GRID_BITS);
}

function crowdBits(half: Half, offsets: Half): number {
  if (offsets.numbers <= MANY_VOLUMES || half.numbers > MANY_VOLUMES) return 0;
  const doublings = Math.log2(offsets.numbers / MANY_VOLUMES);
  return Math.min(CROWD_BITS + doublings * CROWD_BITS_A_DOUBLING, MOST_CROWD_BITS);
}

/**
 * How rare it is that offsets, written without regard to inodes, hit these blobs' inodes. Offsets
 * come in runs, so neighbours count as one hit; it is as likely as blobs are dense up to there.
 */
function chanceBits(
  hits: readonly bigint[],
  blobs: readonly bigint[],
  gridExponent: number,
): number {
  const step = 1n << BigInt(Math.min(gridExponent, 63));
  const onGrid = blobs.filter((blob) => blob % step === 0n);
  const hit = new Set(hits);
  let bits = 0;
  let isHit = false;
  for (const [index, blob] of onGrid.entries()) {
    isHit ||= hit.has(blob);
    if (onGrid[index + 1] === blob + step) continue;
    if (isHit) bits += Math.log2(Number(blob / step + 1n) / (index + 1));
    isHit = false;
  }
  return bits;
}
