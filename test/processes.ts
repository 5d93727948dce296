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
      command: read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim(),
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

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended meanwhile, or is not ours to read
  }
}
