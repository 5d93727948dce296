import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export type Holder = { readonly pid: number; readonly name: string };

/** The first process that has a file open, by what /proc/<pid>/fd/<n> links to: `socket:[123]`, `/dev/uio0`. */
export function findHolder(target: string): Holder | undefined {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => hasOpen(candidate, target));
  return pid === undefined ? undefined : { pid: Number(pid), name: nameOf(pid) };
}

/** Whether all of the node's processes are seen here: its kernel's threads are (kthreadd is pid 2). */
export function seesAllProcesses(): boolean {
  return nameOf("2") === "kthreadd";
}

/** The id of the pod that a process belongs to, from the mounts that kubelet makes for it. */
export function podOf(pid: number | "self"): string | undefined {
  return /\/pods\/([0-9a-f-]{32,36})\//.exec(read(`/proc/${pid}/mountinfo`))?.[1];
}

function hasOpen(pid: string, target: string): boolean {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).some((fd) => linkOf(`${directory}/${fd}`) === target);
  } catch {
    return false; // it has ended, or may not be looked at
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function nameOf(pid: string): string {
  return read(`/proc/${pid}/comm`).trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
