/** A command to compare, under the name it has in the report. */
export type Contender = { readonly name: string; readonly command: readonly string[] };

/** One contender's times in milliseconds, in the order of the rounds. */
export type Times = { readonly name: string; readonly ms: readonly number[] };

/**
 * Runs the contenders in turn, A B A B …, so that a machine that slows down slows all of them.
 * A first round that does not count warms the caches.
 */
export function paired(contenders: readonly Contender[], rounds: number): Times[] {
  const times = contenders.map(({ name }) => ({ name, ms: [] as number[] }));
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, { command }] of contenders.entries()) {
      const ms = timeOf(command);
      if (round >= 0) times[index]?.ms.push(ms);
    }
  }
  return times;
}

/** From start to end in milliseconds, its output read from pipes; a command that fails is a defect. */
export function timeOf(command: readonly string[]): number {
  const start = Bun.nanoseconds();
  const { exitCode, stderr } = Bun.spawnSync([...command], { stdin: "ignore" });
  const ms = (Bun.nanoseconds() - start) / 1e6;
  if (exitCode !== 0)
    throw new Error(`${command.join(" ")}: status ${exitCode}\n${stderr.toString()}`);
  return ms;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of the rounds' ratios: what one round did to both contenders cancels out. */
export function ratio(of: Times | undefined, to: Times | undefined): number {
  if (of === undefined || to === undefined) return Number.NaN;
  return median(of.ms.map((ms, round) => ms / (to.ms[round] ?? Number.NaN)));
}
