import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Result, fail, ok } from "../result.ts";

/**
 * Makes `path` a file with this content and these permission bits, so that after a power cut it is
 * either as before or as asked: written aside, fsynced, renamed, and its directory fsynced.
 * A file that already is so is not touched. The directory must be there; the error names the path.
 */
export function writeDurably(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Result<"written" | "unchanged", string> {
  try {
    const bytes = Buffer.from(content);
    if (isAlready(path, bytes, mode)) return ok("unchanged");
    const aside = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
    try {
      writeAndSync(aside, bytes, mode);
      renameSync(aside, path);
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
    syncDirectory(dirname(path));
    return ok("written");
  } catch (error) {
    return fail(`cannot write ${path}: ${(error as Error).message}`);
  }
}

/** Makes the names in a directory last through a power cut; throws as fsync(2) fails. */
export function syncDirectory(directory: string): void {
  const fd = openSync(directory, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function isAlready(path: string, bytes: Buffer, mode: number): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || (stat.mode & 0o7777) !== mode || stat.size !== bytes.length)
    return false;
  return readFileSync(path).equals(bytes);
}

function writeAndSync(path: string, bytes: Buffer, mode: number): void {
  const fd = openSync(path, "wx", mode);
  try {
    writeFileSync(fd, bytes);
    fchmodSync(fd, mode); // the umask took bits away
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
