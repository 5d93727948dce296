import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Files of a machine, by path; a text is a file's content. */
export type Files = Readonly<Record<string, string>>;

const KERNEL: Files = {
  "/proc/sys/kernel/pid_max": "4194304\n",
  "/proc/sys/kernel/threads-max": "256000\n",
};

/** Runs `use` with a directory that holds the files, a big kernel's limits among them. */
export function withRoot<Value>(files: Files, use: (root: string) => Value): Value {
  const root = mkdtempSync(join(tmpdir(), "cgroups-"));
  try {
    for (const [path, text] of Object.entries({ ...KERNEL, ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The files of a version 2 cgroup that is not the root. */
export function cgroup2(directory: string, max: string, procs = ""): Files {
  return {
    [`${directory}/cgroup.procs`]: procs,
    [`${directory}/cgroup.events`]: "populated 1\nfrozen 0\n",
    [`${directory}/pids.max`]: `${max}\n`,
  };
}

/** The files of a version 1 cgroup that is not the root. */
export function cgroup1(directory: string, max: string, procs = ""): Files {
  return { [`${directory}/cgroup.procs`]: procs, [`${directory}/pids.max`]: `${max}\n` };
}

export function root2(directory: string): Files {
  return { [`${directory}/cgroup.procs`]: "1\n", [`${directory}/cgroup.controllers`]: "pids\n" };
}

export function root1(directory: string): Files {
  return { [`${directory}/cgroup.procs`]: "1\n", [`${directory}/release_agent`]: "\n" };
}

/** A line of mountinfo for a mount of version 2. */
export function mount2(root: string, mountPoint: string): string {
  return `30 23 0:26 ${root} ${mountPoint} rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n`;
}

/** A line of mountinfo for a mount of version 1 with its controllers. */
export function mount1(root: string, mountPoint: string, controllers: string): string {
  return `36 31 0:33 ${root} ${mountPoint} rw,nosuid - cgroup cgroup rw,${controllers}\n`;
}
