import { commandOf, sendSignal, type Process } from "../../lib/linux/process-tree.ts";
import { shortenUtf8 } from "../../lib/text/utf8.ts";
import type { Leftover } from "./events.ts";
import type { Scope, ScriptProcesses } from "./script-processes.ts";
import { wait } from "./wait.ts";

const POLL_MS = 10;

/** What a script leaves behind may be just about to end, such as the last command of a pipe. */
const LINGER_MS = 100;

/** How long a process may take to die of SIGKILL before it is written off as unkillable. */
const KILL_WAIT_MS = 2_000;

const COMMAND_BYTES = 200;

/** More of them are not listed: a daemon that keeps forking may have thousands. */
const MOST_LISTED = 32;

export type EndRequest = {
  readonly scope: Scope;
  /** Its process group gets the signal as a whole, before what left it. */
  readonly leader: number | undefined;
  readonly signal: NodeJS.Signals;
  /** From the signal to SIGKILL. */
  readonly graceMs: number;
  /** Aborted: SIGKILL at once. */
  readonly hurried: AbortSignal;
};

/** As endProcesses, for what is left when a script has ended by itself. */
export async function endLeftovers(
  processes: ScriptProcesses,
  request: Omit<EndRequest, "signal">,
): Promise<readonly Leftover[]> {
  const { scope, hurried } = request;
  const deadline = performance.now() + LINGER_MS;
  while (processes.living(scope).length > 0) {
    if (performance.now() >= deadline || hurried.aborted)
      return endProcesses(processes, { ...request, signal: "SIGTERM" });
    await wait(POLL_MS, hurried);
  }
  return [];
}

/**
 * Ends processes that scripts started: `signal`, after the grace SIGKILL. Does not wait for one that
 * cannot die, as in uninterruptible sleep on a dead disk.
 * @returns those that were there at first, and those that still are
 */
export async function endProcesses(
  processes: ScriptProcesses,
  request: EndRequest,
): Promise<readonly Leftover[]> {
  const first = processes.living(request.scope);
  if (first.length === 0) return [];
  const commands = new Map<number, string>();
  note(first, commands);
  await signalAll(processes, first, request);
  const remaining = await killAll(processes, request.scope);
  note(remaining, commands);
  const alive = new Set(remaining.map(({ pid }) => pid));
  processes.writeOff([...alive]);
  return [...commands].map(([pid, command]) => ({ pid, command, died: !alive.has(pid) }));
}

async function signalAll(
  processes: ScriptProcesses,
  first: readonly Process[],
  { scope, leader, signal, graceMs, hurried }: EndRequest,
): Promise<void> {
  const deadline = performance.now() + graceMs;
  const signalled = new Set<number>();
  // What is asked to end may run commands to clean up: those are let be, and only orphans get it too.
  for (const { pid, group } of first) {
    signalled.add(pid);
    if (group !== leader) sendSignal(pid, signal);
  }
  if (leader !== undefined) sendSignal(-leader, signal);
  while (performance.now() < deadline && !hurried.aborted) {
    await wait(POLL_MS, hurried);
    const living = processes.living(scope);
    if (living.length === 0) return;
    for (const { pid, parent, group } of living) {
      if (parent !== process.pid || group === leader || signalled.has(pid)) continue;
      signalled.add(pid);
      sendSignal(pid, signal);
    }
  }
}

/** @returns those that did not die */
async function killAll(processes: ScriptProcesses, scope: Scope): Promise<readonly Process[]> {
  const deadline = performance.now() + KILL_WAIT_MS;
  for (;;) {
    const living = processes.living(scope);
    if (living.length === 0 || performance.now() >= deadline) return living;
    processes.kill(scope);
    await wait(POLL_MS);
  }
}

function note(living: readonly Process[], commands: Map<number, string>): void {
  for (const { pid } of living) {
    if (commands.size >= MOST_LISTED) return;
    if (!commands.has(pid)) commands.set(pid, shortenUtf8(commandOf(pid), COMMAND_BYTES));
  }
}
