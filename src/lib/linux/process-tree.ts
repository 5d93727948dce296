import { readdirSync, readFileSync } from "node:fs";

/** A living process (proc_pid_stat(5)). */
export type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
};

/** What is known of a process; undefined if it is dead, also as a zombie. */
export function lookUpProcess(pid: number): Process | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // The name in brackets may hold brackets and spaces itself.
  const [state, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === undefined || state === "" || state === "Z" || state === "X") return undefined;
  return { pid, parent: Number(parent), group: Number(group), session: Number(session) };
}

/** The children of a process, dead ones included: each of its threads lists its own (proc_pid_task(5)). */
export function childrenOf(pid: number | "self"): readonly number[] {
  return namesIn(`/proc/${pid}/task`).flatMap((thread) => childrenOfThread(Number(thread), pid));
}

/** Those of one thread; a process's main thread has its pid. */
export function childrenOfThread(thread: number, pid: number | "self" = thread): readonly number[] {
  return readText(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number);
}

/** All processes below these ones, and they themselves; dead ones included. */
export function treesOf(roots: readonly number[]): readonly number[] {
  const found: number[] = [];
  const waiting = [...roots];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    found.push(pid);
    waiting.push(...childrenOf(pid));
  }
  return found;
}

/** Every process that is seen here. */
export function allProcesses(): readonly number[] {
  return namesIn("/proc").map(Number).filter(Number.isInteger);
}

/** Whether a process was started with this variable, `NAME=value`, and may be looked at. */
export function hasVariable(pid: number, variable: string): boolean {
  return `\0${readText(`/proc/${pid}/environ`)}\0`.includes(`\0${variable}\0`);
}

/** How a process was started, in one line; its name where it has no arguments. */
export function commandOf(pid: number): string {
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
