import { KILL_WAIT_MS, reapOrphans, sendSignal } from "./orphans.ts";
import { settlesWithin } from "./wait.ts";

const POLL_MS = 20;

export type Termination = {
  /** Leader of the process group. */
  readonly pid: number;
  readonly exited: Promise<unknown>;
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
  /** Aborted: SIGKILL at once. */
  readonly hurried: AbortSignal;
};

/**
 * Ends a process group: `signal`, after the grace SIGKILL, both to every process of the group. Does
 * not wait for a process that cannot die, as in uninterruptible sleep on a dead disk.
 * @returns whether the leader died
 */
export async function terminateGroup(
  termination: Termination,
  own: ReadonlySet<number>,
): Promise<boolean> {
  const { pid, signal, graceMs, hurried } = termination;
  sendSignal(-pid, signal);
  const deadline = performance.now() + graceMs;
  while (performance.now() < deadline && !hurried.aborted) {
    const leaderDied = await settlesWithin(termination.exited, POLL_MS);
    reapOrphans(own);
    if (leaderDied && !sendSignal(-pid, 0)) return true;
    if (leaderDied) await Bun.sleep(POLL_MS);
  }
  sendSignal(-pid, "SIGKILL");
  return settlesWithin(termination.exited, KILL_WAIT_MS);
}
