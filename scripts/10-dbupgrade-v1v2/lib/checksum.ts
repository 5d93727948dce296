/** A checksum of pairs in any order: equal sets of pairs give equal sums, whatever their key format. */
export type Checksum = {
  /**
   * Takes one pair in. The record lies in `words` from `at` to `end`: offset (two words), number of
   * bytes of the value, value padded with zero bytes.
   */
  readonly add: (
    inodeHigh: number,
    inodeLow: number,
    words: Int32Array,
    at: number,
    end: number,
  ) => void;
  readonly total: () => Content;
};

/** What a set of pairs comes to. */
export type Content = { readonly pairs: number; readonly sumA: number; readonly sumB: number };

export const NO_PAIRS: Content = { pairs: 0, sumA: 0, sumB: 0 };

/** The content of two sets taken together. */
export function join(one: Content, other: Content): Content {
  return {
    pairs: one.pairs + other.pairs,
    sumA: (one.sumA + other.sumA) | 0,
    sumB: (one.sumB + other.sumB) | 0,
  };
}

/** 16 hexadecimal digits. */
export function digest({ sumA, sumB }: Content): string {
  return hex(sumA) + hex(sumB);
}

/**
 * Each pair is hashed to 64 bits (two lanes of 32 that take the words in turn and are mixed at the
 * end) and the hashes are added up, so that a lost, doubled or altered pair and two values that
 * changed places all show. It guards against faults, not against somebody who forges data.
 */
export function createChecksum(): Checksum {
  let pairs = 0;
  let sumA = 0;
  let sumB = 0;
  return {
    add(inodeHigh, inodeLow, words, at, end) {
      let a = Math.imul(inodeHigh ^ 0x2545f491, 0x9e3779b1) ^ inodeLow;
      let b = Math.imul(inodeLow ^ 0x6c8e9cf5, 0x85ebca77) ^ (end - at);
      let i = at;
      for (; i + 1 < end; i += 2) {
        a = Math.imul(a ^ (words[i] as number), 0xcc9e2d51);
        b = Math.imul(b ^ (words[i + 1] as number), 0x1b873593);
        a ^= a >>> 16;
        b ^= b >>> 15;
      }
      if (i < end) a = Math.imul(a ^ (words[i] as number), 0xcc9e2d51);
      a = Math.imul(a ^ (a >>> 15) ^ b, 0x85ebca6b);
      b = Math.imul(b ^ (b >>> 13) ^ a, 0xc2b2ae35);
      sumA = (sumA + (a ^ (a >>> 16))) | 0;
      sumB = (sumB + (b ^ (b >>> 16))) | 0;
      pairs++;
    },
    total: () => ({ pairs, sumA, sumB }),
  };
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
