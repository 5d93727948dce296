const SILENCE_MS = 30_000;

export type Heartbeat = { readonly onOutput: () => void; readonly end: () => void };

/** Calls back every 30 s for as long as there is no output, with the milliseconds since the start. */
export function startHeartbeat(onSilence: (runningMs: number) => void): Heartbeat {
  const start = performance.now();
  let lastSign = start;
  let timer = setTimeout(check, SILENCE_MS);
  return {
    onOutput: () => {
      lastSign = performance.now();
    },
    end: () => clearTimeout(timer),
  };

  function check(): void {
    const now = performance.now();
    const silentMs = now - lastSign;
    // A timer may fire a fraction of a millisecond early.
    if (silentMs >= SILENCE_MS - 5) {
      onSilence(now - start);
      lastSign = now;
      timer = setTimeout(check, SILENCE_MS);
    } else {
      timer = setTimeout(check, SILENCE_MS - silentMs);
    }
  }
}
