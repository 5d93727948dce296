import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export type Holder = {
  readonly pid: number;
  readonly name: string;
  /** Of this very pod, such as its main container. */
  readonly isOwnPod: boolean;
};

/**
 * Who has files open, by what /proc/<pid>/fd/<n> links to: `socket:[123]`, `/dev/uio0`. Of several
 * processes with one file the first is told; what nobody seen here has open is left out.
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

/** Whether all of the node's processes are seen here: its kernel's threads are (kthreadd is pid 2). */
export function seesAllProcesses(): boolean {
  return nameOf("2") === "kthreadd";
}

function describe(pid: string): Holder {
  const pod = podOf(pid);
  return {
    pid: Number(pid),
    name: nameOf(pid),
    isOwnPod: pod !== undefined && pod === podOf("self"),
  };
}

/** The id of the pod that a process belongs to, from the mounts that kubelet makes for it. */
function podOf(pid: string): string | undefined {
  return /\/pods\/([0-9a-f-]{32,36})\//.exec(read(`/proc/${pid}/mountinfo`))?.[1];
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
