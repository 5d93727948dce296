/** Resolves after `ms` milliseconds (Infinity: never), or as soon as one of `cutShort` is aborted. */
export function wait(ms: number, ...cutShort: readonly AbortSignal[]): Promise<void> {
  if (cutShort.some((signal) => signal.aborted)) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = ms === Infinity ? undefined : setTimeout(done, ms);
    for (const signal of cutShort) signal.addEventListener("abort", done);

    function done(): void {
      clearTimeout(timer);
      for (const signal of cutShort) signal.removeEventListener("abort", done);
      resolve();
    }
  });
}

/** Whether a promise settles within `ms` milliseconds and before one of `cutShort` is aborted. */
export async function settlesWithin(
  promise: Promise<unknown>,
  ms: number,
  ...cutShort: readonly AbortSignal[]
): Promise<boolean> {
  const giveUp = new AbortController();
  const settled = promise.then(() => true);
  const waited = wait(ms, giveUp.signal, ...cutShort).then(() => false);
  const result = await Promise.race([settled, waited]);
  giveUp.abort();
  return result;
}
