/** Bytes done with, counted by several threads and read by the one that tells the progress. */
export type Tally = {
  /** Counts at once or a little later. */
  readonly add: (bytes: number) => void;
};

/** So many bytes are gathered before they are made known to the other threads. */
const STEP_BYTES = 1 << 18;

export function createSharedTally(): SharedArrayBuffer {
  return new SharedArrayBuffer(8);
}

export function tallyInto(shared: SharedArrayBuffer): Tally {
  const total = new BigInt64Array(shared);
  let pending = 0;
  return {
    add(bytes) {
      pending += bytes;
      if (pending < STEP_BYTES) return;
      Atomics.add(total, 0, BigInt(pending));
      pending = 0;
    },
  };
}

export function readTally(shared: SharedArrayBuffer): number {
  return Number(Atomics.load(new BigInt64Array(shared), 0));
}
