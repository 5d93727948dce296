import { readdirSync, readFileSync } from "node:fs";

/** Stands in the environment of every process that a run of init starts, directly or not. */
export const MARK_VARIABLE = "INIT_TEST_RUN";

export const MARK_OF_THIS_PROCESS = `${process.pid}.`;

export type Process = { readonly pid: number; readonly command: string };

/** All living processes whose mark begins so. A zombie has no environment left. */
export function processesMarked(mark: string): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => `\0${read(`/proc/${pid}/environ`)}`.includes(`\0${MARK_VARIABLE}=${mark}`))
    .map((pid) => ({
      pid: Number(pid),
      command: commandOf(pid),
    }));
}

export function killMarked(mark: string): void {
  for (const { pid } of processesMarked(mark)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it has ended meanwhile
    }
  }
}

/** The state letter of a process (proc_pid_stat(5)); undefined if there is none. */
export function stateOf(pid: number): string | undefined {
  return /\) (\w) /.exec(read(`/proc/${pid}/stat`))?.[1];
}

export function isAlive(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state !== "Z";
}

/** The processes whose parent it is. */
export function childrenOf(pid: number): readonly number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/**
 * Of a run's children the scripts, without the processes that keep its files; between fork and exec
 * a child has the run's own command line.
 */
export function scriptsOf(run: number): readonly number[] {
  const own = commandOf(run);
  return childrenOf(run).filter((pid) => {
    const command = commandOf(pid);
    return command !== "" && command !== own && !command.includes("__helper");
  });
}

function commandOf(pid: number | string): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

/** The most memory a process ever had resident, in kB (proc_pid_status(5)). */
export function peakMemoryOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** All bytes a process ever read (proc_pid_io(5)). */
export function bytesReadBy(pid: number): number {
  return Number(/^rchar: (\d+)$/m.exec(read(`/proc/${pid}/io`))?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended meanwhile, or is not ours to read
  }
}
