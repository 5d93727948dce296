import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeSync,
} from "node:fs";
import { codeOf } from "../text/error.ts";
import { mountCgroup2 } from "./libc.ts";

/**
 * A cgroup v2 below the one that this process is in, without controllers: what is in it can be
 * listed and killed as a whole, whatever session or process group it moved to.
 */
export type Cgroup = {
  /** Moves this process in, so that what it starts is born there. @returns whether it is in */
  readonly enter: () => boolean;
  /** Moves this process, or another one, back to where this process came from. @returns whether it is out */
  readonly moveOut: (pid: number | "self") => boolean;
  /** The processes in it and below it. */
  readonly members: () => readonly number[];
  /** Kills every process in it and below it, also one that forks meanwhile; nothing else is in it. */
  readonly kill: () => void;
  /** Removes it; what a process still keeps stays. */
  readonly remove: () => void;
};

/** Where systemd and container runtimes mount cgroup v2, the latter beside v1. */
const MOUNT_POINTS = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];

const NAME = "storageos-init-scripts";

/** Makes a cgroup for what this process starts; undefined where cgroup v2 is missing or read-only. */
export function makeChildCgroup(): Cgroup | undefined {
  const path = ownPath();
  if (path === undefined) return undefined;
  const parent = findOwn(path);
  if (parent === undefined) return undefined;
  removeDead(parent);
  // Runs in other process namespaces may be in the same cgroup, with the same process ids: a name
  // that two of them can have would let one run kill the other.
  const child = `${parent}/${NAME}-${crypto.randomUUID()}`;
  return makeDirectory(child) ? cgroupAt(parent, child) : undefined;
}

/** The path in the v2 hierarchy (cgroups(7)); undefined if it is outside of what this process may see. */
function ownPath(): string | undefined {
  const path = /^0::(\/.*)$/m.exec(readText("/proc/self/cgroup"))?.[1];
  return path === undefined || path.includes("/..") ? undefined : path;
}

/**
 * The directory of the own cgroup. A mount of cgroup2 that is attached nowhere is the surest: where
 * a pod mounts the host's /sys, the one that is seen there is not the container's.
 */
function findOwn(path: string): string | undefined {
  const mount = mountCgroup2();
  if (mount !== undefined) return join(`/proc/self/fd/${mount}`, path);
  return MOUNT_POINTS.map((point) => join(point, path)).find((directory) =>
    pidsIn(directory).includes(process.pid),
  );
}

function join(directory: string, path: string): string {
  return path === "/" ? directory : `${directory}${path}`;
}

/** A run that was killed leaves its cgroup, empty. */
function removeDead(parent: string): void {
  for (const name of directoriesIn(parent)) {
    if (name.startsWith(`${NAME}-`)) codeOfFailure(() => rmdirSync(`${parent}/${name}`));
  }
}

function cgroupAt(parent: string, child: string): Cgroup {
  let isIn = false;
  return { enter, moveOut, members: () => membersOf(child), kill: () => killAll(child), remove };

  function enter(): boolean {
    // Another run may have removed it while it was empty.
    isIn ||=
      write(`${child}/cgroup.procs`, "0") ||
      (makeDirectory(child) && write(`${child}/cgroup.procs`, "0"));
    return isIn;
  }

  function moveOut(pid: number | "self"): boolean {
    const isOut = write(`${parent}/cgroup.procs`, pid === "self" ? "0" : String(pid));
    if (pid === "self" && isOut) isIn = false;
    return isOut;
  }

  function remove(): void {
    removeTree(child);
  }
}

function makeDirectory(path: string): boolean {
  return codeOfFailure(() => mkdirSync(path)) === undefined;
}

function membersOf(cgroup: string): readonly number[] {
  const pids = pidsIn(cgroup);
  if (!/^nr_descendants [1-9]/m.test(readText(`${cgroup}/cgroup.stat`))) return pids;
  const below = directoriesIn(cgroup).flatMap((name) => membersOf(`${cgroup}/${name}`));
  return [...pids, ...below];
}

/** Processes of other process namespaces are listed as 0. */
function pidsIn(cgroup: string): readonly number[] {
  return readText(`${cgroup}/cgroup.procs`)
    .split("\n")
    .map(Number)
    .filter((pid) => pid > 0);
}

function killAll(cgroup: string): void {
  if (write(`${cgroup}/cgroup.kill`, "1")) return;
  // Before Linux 5.14: what is frozen cannot fork, and yet dies of SIGKILL.
  write(`${cgroup}/cgroup.freeze`, "1");
  for (const pid of membersOf(cgroup)) codeOfFailure(() => process.kill(pid, "SIGKILL"));
  write(`${cgroup}/cgroup.freeze`, "0");
}

function removeTree(cgroup: string): void {
  for (const name of directoriesIn(cgroup)) removeTree(`${cgroup}/${name}`);
  codeOfFailure(() => rmdirSync(cgroup));
}

function directoriesIn(path: string): readonly string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** @returns whether the kernel took it */
function write(path: string, text: string): boolean {
  return (
    codeOfFailure(() => {
      const file = openSync(path, "w");
      try {
        writeSync(file, text);
      } finally {
        closeSync(file);
      }
    }) === undefined
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function codeOfFailure(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}
