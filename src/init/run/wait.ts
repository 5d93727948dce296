/** Resolves after `ms` milliseconds, or as soon as one of `cutShort` is aborted. */
export async function wait(ms: number, ...cutShort: readonly AbortSignal[]): Promise<void> {
  await settlesWithin(NEVER, ms, ...cutShort);
}

const NEVER = new Promise<never>(() => undefined);

/**
 * Whether a promise settles within `ms` milliseconds (Infinity: no limit) and before one of
 * `cutShort` is aborted. It makes no AbortController, whose abort() costs 0.2 ms.
 */
export function settlesWithin(
  promise: Promise<unknown>,
  ms: number,
  ...cutShort: readonly AbortSignal[]
): Promise<boolean> {
  if (cutShort.some(({ aborted }) => aborted)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const timer = ms === Infinity ? undefined : setTimeout(giveUp, ms);
    for (const signal of cutShort) signal.addEventListener("abort", giveUp);
    if (promise !== NEVER) void promise.then(() => finish(true));

    function giveUp(): void {
      finish(false);
    }

    function finish(hasSettled: boolean): void {
      clearTimeout(timer);
      for (const signal of cutShort) signal.removeEventListener("abort", giveUp);
      resolve(hasSettled);
    }
  });
}
