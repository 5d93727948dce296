/** Resolves with the first value of `condition` that is neither false nor undefined. */
export async function waitFor<Value>(
  condition: () => Value | false | undefined,
  what: string,
): Promise<Value> {
  const deadline = Date.now() + 110_000;
  for (;;) {
    const value = condition();
    if (value !== false && value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await Bun.sleep(10);
  }
}
