import { closeSync, constants, existsSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { MAX_MESSAGE_BYTES } from "../../lib/contract/limits.ts";
import { cutUtf8 } from "../../lib/text/utf8.ts";

/** A directory of the run's own for messages of scripts and output that waits for its turn. */
export type WorkDir = {
  readonly path: string;
  readonly remove: () => void;
};

/** With a read-only root file system /dev is still a tmpfs in every container. */
const CANDIDATES = [tmpdir(), "/dev/shm", "/run", "/dev"];

/** @returns undefined if no directory is writable */
export function createWorkDir(): WorkDir | undefined {
  for (const candidate of CANDIDATES) {
    try {
      const path = mkdtempSync(`${candidate}/storageos-init-`);
      return { path, remove: () => removeAll(path) };
    } catch {
      // read-only, full or missing: the next one
    }
  }
  return undefined;
}

/** What cannot be removed stays: a script may have mounted something there, which changes no verdict. */
function removeAll(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // in a container it goes with that
  }
}

let paths = 0;

/** A path in a work directory for a file that is not there yet, each time another. */
export function newPathIn(workDir: string | undefined, purpose: string): string | undefined {
  if (workDir === undefined) return undefined;
  paths++;
  return `${workDir}/${purpose}-${paths}`;
}

/** What a script wrote to its TERMINATION_MESSAGE_PATH, at most MAX_MESSAGE_BYTES; empty if nothing. */
export function takeMessage(path: string): string {
  if (!existsSync(path)) return "";
  try {
    // A script may leave a FIFO there, which must not hold us up.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(MAX_MESSAGE_BYTES);
      return cutUtf8(bytes.toString("utf8", 0, readSync(file, bytes)), MAX_MESSAGE_BYTES);
    } finally {
      closeSync(file);
      rmSync(path, { force: true });
    }
  } catch {
    return "";
  }
}
