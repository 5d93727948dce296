/** What the processes of a script that runs long wait for, as the kernel shows it (proc_pid_stat(5)). */
import { readFileSync } from "node:fs";
import { commandOf } from "../../lib/linux/process-tree.ts";
import { showName } from "../../lib/text/show.ts";
import { plainLine, shortenUtf8 } from "../../lib/text/utf8.ts";

export type WaitingProcess = {
  readonly pid: number;
  readonly command: string;
  /** The letter in /proc/<pid>/stat: D sleeps on a disk or a mount, and no signal ends it. */
  readonly state: string;
  /** The function of the kernel in which it sleeps; empty if that is not shown. */
  readonly wchan: string;
};

const STATES: Readonly<Record<string, string>> = {
  D: "waits in the kernel, as for a disk or a mount",
  T: "is stopped",
  t: "is stopped by a debugger",
  R: "runs",
  S: "sleeps",
  I: "sleeps",
};

/** Of many the first of these: what hangs in the kernel before what only waits for a child. */
const TELLING = ["D", "T", "t", "R", "S", "I"];
const MOST = 3;
const COMMAND_BYTES = 60;

/** `pid 4242 (dd) waits in the kernel, as for a disk or a mount (D, io_schedule)`; empty without a process. */
export function describeWaits(processes: readonly WaitingProcess[]): string {
  const rank = ({ state, wchan }: WaitingProcess): number =>
    TELLING.indexOf(state) * 2 + Number(wchan.includes("wait"));
  const told = processes.toSorted((a, b) => rank(a) - rank(b) || b.pid - a.pid).slice(0, MOST);
  const more = processes.length - told.length;
  return [
    ...told.map(({ pid, command, state, wchan }) => {
      const name = showName(shortenUtf8(plainLine(command), COMMAND_BYTES));
      const where = [state, wchan].filter(Boolean).join(", ");
      return `pid ${pid} (${name}) ${STATES[state] ?? "is"} (${where})`;
    }),
    ...(more > 0 ? [`${more} more`] : []),
  ].join("; ");
}

/** Reads them from /proc; what has ended meanwhile is left out. */
export function lookAtWaits(pids: readonly number[]): readonly WaitingProcess[] {
  return pids.flatMap((pid) => {
    const stat = readText(`/proc/${pid}/stat`);
    const state = stat.slice(stat.lastIndexOf(")") + 2)[0];
    if (state === undefined || state === "Z" || state === "X") return [];
    const wchan = readText(`/proc/${pid}/wchan`).trim();
    // 0: it does not sleep, or the kernel does not show where.
    return [{ pid, command: commandOf(pid), state, wchan: wchan === "0" ? "" : wchan }];
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}
