import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { podOfProcess } from "./pod.ts";

export type Holder = {
  readonly pid: number;
  readonly name: string;
  /** Of this very pod, such as its main container. */
  readonly isOwnPod: boolean;
};

/**
 * Who has files open, by what /proc/<pid>/fd/<n> links to: `socket:[123]`, `/dev/uio0`. Of several
 * processes with one file it is the first; files that no process seen here has open are left out.
 */
export function findHolders(files: ReadonlySet<string>): Map<string, Holder> {
  const holders = new Map<string, Holder>();
  if (files.size === 0) return holders;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const file of openFiles(pid)) {
      if (files.has(file) && !holders.has(file)) holders.set(file, describe(pid));
    }
    if (holders.size === files.size) break;
  }
  return holders;
}

function describe(pid: string): Holder {
  const pod = podOfProcess(pid);
  return {
    pid: Number(pid),
    name: nameOf(pid),
    isOwnPod: pod !== undefined && pod === podOfProcess("self"),
  };
}

function openFiles(pid: string): string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).map((fd) => linkOf(`${directory}/${fd}`));
  } catch {
    return []; // it has ended, or may not be looked at
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
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
