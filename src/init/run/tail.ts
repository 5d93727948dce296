/** The last bytes of a stream. */
export type TailBuffer = {
  readonly push: (bytes: Uint8Array) => void;
  readonly bytes: () => Uint8Array;
};

export function createTail(limit: number): TailBuffer {
  let kept: Uint8Array = new Uint8Array();
  return {
    push(bytes) {
      // Copied, so that a large chunk is not kept alive for its last 4 KiB.
      if (bytes.length >= limit) kept = bytes.slice(-limit);
      else
        kept = Buffer.concat([
          kept.subarray(Math.max(0, kept.length + bytes.length - limit)),
          bytes,
        ]);
    },
    bytes: () => kept,
  };
}
