import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
} from "node:fs";
import { MAX_MESSAGE_BYTES } from "../../lib/contract/limits.ts";
import { takeLock } from "../../lib/linux/libc.ts";
import { cutUtf8 } from "../../lib/text/utf8.ts";

/** A directory of the run's own for messages of scripts and output that waits for its turn. */
export type WorkDir = {
  readonly path: string;
  /** Removes what runs left there that SIGKILL ended. */
  readonly sweep: () => void;
  readonly remove: () => void;
};

const NAME = /^storageos-init-\w{6}$/;

/**
 * What the user chose, then what is in memory and cannot hang: in every container /dev/shm and /dev
 * are a tmpfs, also with a read-only root file system.
 */
const CHOSEN = process.env["TMPDIR"] || undefined;
const IN_MEMORY = ["/dev/shm", "/run", "/dev"];
const CANDIDATES = CHOSEN === undefined ? [...IN_MEMORY, "/tmp"] : [CHOSEN, ...IN_MEMORY];

/** @returns undefined if no directory is writable */
export function createWorkDir(): WorkDir | undefined {
  for (const candidate of CANDIDATES) {
    try {
      const path = mkdtempSync(`${candidate}/storageos-init-`);
      // Open for as long as the run lives, and with it locked.
      takeLock(openSync(path, constants.O_RDONLY));
      return { path, sweep: () => sweep(candidate), remove: () => removeAll(path) };
    } catch {
      // read-only, full or missing: the next one
    }
  }
  return undefined;
}

/** Younger ones may not be locked yet. */
const LEAST_AGE_MS = 2_000;

function sweep(candidate: string): void {
  try {
    for (const name of readdirSync(candidate)) {
      if (NAME.test(name) && isLeft(`${candidate}/${name}`)) removeAll(`${candidate}/${name}`);
    }
  } catch {
    // not readable: then it stays
  }
}

function isLeft(path: string): boolean {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    const { uid, mtimeMs } = lstatSync(path);
    if (uid !== process.geteuid?.() || Date.now() - mtimeMs < LEAST_AGE_MS) return false;
    const directory = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const isFree = takeLock(directory);
    closeSync(directory);
    return isFree;
  } catch {
    return false; // it has gone meanwhile, or is not a directory
  }
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
