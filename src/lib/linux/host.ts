import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";

/** Where to look: this machine, or a directory laid out like one. */
export type Host = {
  /** The host's own root directory as this process sees it, such as `/proc/1/root`. */
  readonly root: string;
  readonly proc: string;
  readonly sys: string;
  readonly dev: string;
  /** The directory of module directories that modprobe uses. */
  readonly modules: string;
  /** The running kernel, as in `uname -r`. */
  readonly release: string;
};

/** This machine, its root where HOST_ROOT says. */
export function thisHost(root: string): Host {
  return {
    root,
    proc: "/proc",
    sys: "/sys",
    dev: "/dev",
    modules: "/lib/modules",
    release: release(),
  };
}

/** The text of a file, or undefined when it is absent or cannot be read. */
export function readText(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
