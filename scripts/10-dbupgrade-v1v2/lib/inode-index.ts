/** Numbers inodes 0, 1, 2 … as they are first seen, by the two words they have in a key. */
export type InodeIndex = {
  /** The inode's number; -1 if it is not known. */
  readonly find: (high: number, low: number) => number;
  readonly findOrAdd: (high: number, low: number) => number;
  /** Forgets all of them; the next one is number 0 again. */
  readonly clear: () => void;
  readonly size: () => number;
  readonly high: (number: number) => number;
  readonly low: (number: number) => number;
};

export function createInodeIndex(): InodeIndex {
  const highs: number[] = [];
  const lows: number[] = [];
  const byHigh = new Map<number, Map<number, number>>();
  // In v1 the inodes come round in the same order for every offset: mostly the next one is known.
  const follower: number[] = [];
  let last = -1;

  function find(high: number, low: number): number {
    const guess = last < 0 ? -1 : (follower[last] as number);
    if (guess >= 0 && lows[guess] === low && highs[guess] === high) {
      last = guess;
      return guess;
    }
    const found = byHigh.get(high)?.get(low);
    if (found === undefined) return -1;
    if (last >= 0) follower[last] = found;
    last = found;
    return found;
  }

  function add(high: number, low: number): number {
    const number = highs.push(high) - 1;
    lows.push(low);
    follower.push(-1);
    const byLow = byHigh.get(high);
    if (byLow === undefined) byHigh.set(high, new Map([[low, number]]));
    else byLow.set(low, number);
    return number;
  }

  return {
    find,
    findOrAdd: (high, low) => {
      const found = find(high, low);
      return found < 0 ? add(high, low) : found;
    },
    clear() {
      for (const list of [highs, lows, follower]) list.length = 0;
      byHigh.clear();
      last = -1;
    },
    size: () => highs.length,
    high: (number) => highs[number] as number,
    low: (number) => lows[number] as number,
  };
}
