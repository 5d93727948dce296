import { readdirSync, readFileSync } from "node:fs";
import type { Result } from "../../lib/result.ts";
import type { Leftover } from "./events.ts";
import { becomeSubreaper, reap } from "../../lib/linux/libc.ts";
import { wait } from "./wait.ts";

const POLL_MS = 10;

/** How long a process may take to die of SIGKILL before it is taken for unkillable. */
export const KILL_WAIT_MS = 2_000;

/** Children that were there before any script: those of a program that became this one by exec. */
const inherited = new Set<number>();

/** Makes what scripts leave behind children of this process, so that it can end and reap them. */
export function adoptOrphans(): Result<void, string> {
  for (const pid of childrenOf("self")) inherited.add(pid);
  return becomeSubreaper();
}

/**
 * Takes the exit statuses of orphans that died: as PID 1 or subreaper nobody else does, and they
 * would stay as zombies.
 * @param own processes that the runtime itself waits for
 */
export function reapOrphans(own: ReadonlySet<number>): void {
  for (const pid of childrenOf("self")) if (!own.has(pid)) reap(pid);
}

/** Reaps orphans once a second, so that a long run does not fill up with zombies. */
export function keepReaping(own: ReadonlySet<number>): void {
  setInterval(reapOrphans, 1_000, own);
}

/** Kills scripts that still run when this process exits, which they do only if it has a defect. */
export function killOnExit(own: ReadonlySet<number>): void {
  process.on("exit", () => {
    for (const pid of own) sendSignal(-pid, "SIGKILL");
  });
}

/**
 * Ends every process that scripts left behind, also those in sessions of their own: SIGTERM, and
 * after the grace SIGKILL.
 * @returns what was there
 */
export async function endLeftovers(
  graceMs: number,
  hurried: AbortSignal,
): Promise<readonly Leftover[]> {
  const commands = new Map<number, string>();
  await signalUntilGone("SIGTERM", graceMs, commands, hurried);
  await signalUntilGone("SIGKILL", KILL_WAIT_MS, commands);
  const alive = new Set(livingDescendants());
  return [...commands].map(([pid, command]) => ({ pid, command, died: !alive.has(pid) }));
}

async function signalUntilGone(
  signal: NodeJS.Signals,
  limitMs: number,
  commands: Map<number, string>,
  ...cutShort: readonly AbortSignal[]
): Promise<void> {
  const deadline = performance.now() + limitMs;
  const signalled = new Set<number>();
  for (;;) {
    const living = livingDescendants();
    for (const pid of living.filter((candidate) => !signalled.has(candidate))) {
      signalled.add(pid);
      if (!commands.has(pid)) commands.set(pid, commandOf(pid));
      sendSignal(pid, signal);
    }
    const isOver = performance.now() >= deadline || cutShort.some(({ aborted }) => aborted);
    if (living.length === 0 || isOver) return;
    await wait(POLL_MS, ...cutShort);
  }
}

/** All processes below this one, the dead among its own children reaped. */
function livingDescendants(): readonly number[] {
  const living: number[] = [];
  const waiting = childrenOf("self").filter((pid) => !reap(pid) && !inherited.has(pid));
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (!isZombie(pid)) living.push(pid);
    waiting.push(...childrenOf(String(pid)));
  }
  return living;
}

/** proc_pid_task(5): each thread lists its own children. */
function childrenOf(pid: string): number[] {
  const tasks = `/proc/${pid}/task`;
  return namesIn(tasks).flatMap((task) =>
    readText(`${tasks}/${task}/children`).split(" ").filter(Boolean).map(Number),
  );
}

function isZombie(pid: number): boolean {
  return /\) Z /.test(readText(`/proc/${pid}/stat`));
}

function commandOf(pid: number): string {
  const commandLine = readText(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
  return commandLine || readText(`/proc/${pid}/comm`).trim() || "?";
}

/** Whether there was a process (or, for a negative pid, a process group) that could be signalled. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // it has ended meanwhile
  }
}
