/** Databases as nodes may have them, at random: as key words, which cost no BigInt for each key. */
import type { Format } from "../lib/key-codec.ts";

export type Random = {
  /** A whole number from `least` to `most`. */
  readonly whole: (least: number, most: number) => number;
  /** The same, every order of magnitude as likely as the next. */
  readonly logUniform: (least: number, most: number) => number;
  readonly oneOf: <T>(choices: readonly T[]) => T;
};

/** The same numbers for the same seed (the splitmix32 sequence). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  function next(): number {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }
  return {
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    logUniform: (least, most) => Math.floor(least * ((most + 1) / least) ** next()),
    oneOf: (choices) => choices[Math.floor(next() * choices.length)] as never,
  };
}

export type RandomDatabase = {
  readonly format: Format;
  /** The keys in the database's order. */
  readonly keys: readonly (readonly [inode: number, offset: number])[];
  /** Of some of its volumes, and of others, in ascending order. */
  readonly blobs: readonly bigint[];
  readonly story: string;
};

/** `low`: block numbers as small as inodes may be, so that keys fit both formats. */
const SPREADS = ["from-zero", "from-zero", "anywhere", "sparse", "low", "low"] as const;
type Spread = (typeof SPREADS)[number];

const MOST_KEYS = 100_000;
const MOST_VOLUMES = 200;
/** Numbers stay below 2^53. */
const LARGEST_INODE = 2 ** 40;

export function makeRandomDatabase(random: Random): RandomDatabase {
  const format = random.oneOf(["v1", "v2"] as const);
  const keys = random.logUniform(1, MOST_KEYS);
  const volumes = Math.min(random.whole(1, MOST_VOLUMES), keys);
  const inodes = makeInodes(random, volumes);
  const unit = random.oneOf([1, 1, 8, 512, 4096, 65_536]);
  const spread = random.oneOf(SPREADS);
  const all = inodes.flatMap((inode, index) => {
    const own = Math.floor(keys / volumes) + (index < keys % volumes ? 1 : 0);
    return makeOffsets(random, own, spread).map((block) => [inode, block * unit] as const);
  });
  const [major, minor] = format === "v1" ? ([1, 0] as const) : ([0, 1] as const);
  return {
    format,
    keys: all.toSorted((a, b) => a[major] - b[major] || a[minor] - b[minor]),
    blobs: makeBlobs(random, inodes),
    story: `${format}, ${keys} keys of ${volumes} volumes from inode ${inodes[0]}, unit ${unit}, ${spread}`,
  };
}

/** The four words of a key, as a witness takes them. */
export function wordsOf(
  [inode, offset]: readonly [number, number],
  format: Format,
): [number, number, number, number] {
  const [first, last] = format === "v1" ? [offset, inode] : [inode, offset];
  return [...halfOf(first), ...halfOf(last)];
}

function halfOf(number: number): [number, number] {
  return [swapBytes(Math.floor(number / 2 ** 32)), swapBytes(number >>> 0)];
}

function swapBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** In a row, with gaps, or anywhere; sometimes all multiples of a power of two. */
function makeInodes(random: Random, count: number): number[] {
  const first = random.oneOf([1, 1, random.logUniform(1, 2 ** 32)]);
  const mostGap = random.oneOf([1, 1, 10, random.logUniform(1, 2 ** 24)]);
  const step = random.oneOf([1, 1, 1, 1, 2, 16, 512]);
  let inode = first;
  return Array.from({ length: count }, () => {
    const own = Math.min(inode * step, LARGEST_INODE);
    inode += random.whole(1, mostGap);
    return own;
  });
}

function makeOffsets(random: Random, count: number, spread: Spread): number[] {
  let block = spread === "from-zero" ? 0 : random.logUniform(1, spread === "low" ? 256 : 2 ** 28);
  return Array.from({ length: count }, () => {
    const own = block;
    block += spread === "sparse" ? random.logUniform(1, 2 ** 10) : 1;
    return own;
  });
}

function makeBlobs(random: Random, inodes: readonly number[]): bigint[] {
  const percent = random.oneOf([0, 100, 100, random.whole(0, 100)]);
  const own = inodes.filter(() => random.whole(1, 100) <= percent);
  const others = random.oneOf([0, 0, 1, 20, 200]);
  const more = percent === 0 && others < 20 ? [] : makeInodes(random, others);
  return [...new Set([...own, ...more])].toSorted((a, b) => a - b).map(BigInt);
}
