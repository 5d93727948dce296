const INTERVALS = { silenceMs: 30_000, longMs: 300_000 };

export type Heartbeat = { readonly onOutput: () => void; readonly end: () => void };

/** What is called with the milliseconds since the start. */
export type Signs = {
  /** Every 30 s for as long as there is no output. */
  readonly onSilence: (runningMs: number) => void;
  /** Every 5 minutes. */
  readonly onLong: (runningMs: number) => void;
};

/** Watches how long something runs; one timer, which costs start-up time, serves both. */
export function startHeartbeat(
  { onSilence, onLong }: Signs,
  { silenceMs, longMs } = INTERVALS,
): Heartbeat {
  const start = performance.now();
  let lastSign = start;
  let nextLong = start + longMs;
  let timer = setTimeout(check, silenceMs);
  return {
    onOutput: () => {
      lastSign = performance.now();
    },
    end: () => clearTimeout(timer),
  };

  function check(): void {
    const now = performance.now();
    if (now >= nextLong - 5) {
      nextLong += longMs;
      onLong(now - start);
    }
    // A timer may fire a fraction of a millisecond early.
    if (now - lastSign >= silenceMs - 5) {
      onSilence(now - start);
      lastSign = now;
    }
    timer = setTimeout(check, silenceMs - (now - lastSign));
  }
}
