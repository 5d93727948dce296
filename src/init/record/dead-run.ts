import {
  allProcesses,
  commandOf,
  hasVariable,
  lookUpProcess,
  sendSignal,
} from "../../lib/linux/process-tree.ts";
import { shortenUtf8 } from "../../lib/text/utf8.ts";
import { RUN_ID_VARIABLE } from "../run/environment.ts";

/** A process that a dead run left running. */
export type DeadRunsProcess = { readonly pid: number; readonly command: string };

export type EndedProcesses = {
  readonly ended: readonly DeadRunsProcess[];
  /** Not even SIGKILL ended them. */
  readonly alive: readonly DeadRunsProcess[];
};

/** What scripts get to clean up in, and what the kernel gets: both within the deadline of an answer. */
const GRACE_MS = 2_000;
const KILL_MS = 2_000;
const POLL_MS = 10;

/** More are ended, too, and not listed. */
const MOST_LISTED = 16;
const COMMAND_BYTES = 200;

/**
 * Ends the processes that carry a run's id in their environment, as its scripts and all they start
 * do, but not what is ours: SIGTERM, then SIGKILL.
 */
export function endDeadRun(run: string, own: ReadonlySet<number>): EndedProcesses {
  const isLeft = (pid: number): boolean =>
    !own.has(pid) && hasVariable(pid, `${RUN_ID_VARIABLE}=${run}`) && isAlive(pid);
  const found = (): readonly number[] => allProcesses().filter(isLeft);
  const first = found();
  if (first.length === 0) return { ended: [], alive: [] };
  const listed = first.slice(0, MOST_LISTED).map((pid) => ({
    pid,
    command: shortenUtf8(commandOf(pid), COMMAND_BYTES),
  }));
  for (const pid of first) sendSignal(pid, "SIGTERM");
  waitUntilGone(found, GRACE_MS, () => undefined);
  const alive = new Set(waitUntilGone(found, KILL_MS, killAll));
  return {
    ended: listed.filter(({ pid }) => !alive.has(pid)),
    alive: listed.filter(({ pid }) => alive.has(pid)),
  };
}

/** Stopped first, so that none of them forks while the others die. */
function killAll(pids: readonly number[]): void {
  for (const pid of pids) sendSignal(pid, "SIGSTOP");
  for (const pid of pids) sendSignal(pid, "SIGKILL");
}

/** @returns those that are still there */
function waitUntilGone(
  found: () => readonly number[],
  limitMs: number,
  meanwhile: (left: readonly number[]) => void,
): readonly number[] {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const left = found();
    if (left.length === 0 || performance.now() >= deadline) return left;
    meanwhile(left);
    Bun.sleepSync(POLL_MS);
  }
}

function isAlive(pid: number): boolean {
  return lookUpProcess(pid) !== undefined;
}
