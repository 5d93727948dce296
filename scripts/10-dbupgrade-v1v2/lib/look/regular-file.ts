import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Enough for any file that is read whole here. */
const MOST_BYTES = 1 << 20;

/**
 * The first MiB of a regular file; undefined if there is none, if it cannot be read, or if what has
 * the name is something else. A FIFO is not waited for.
 */
export function readRegularFile(path: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (!stat.isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(stat.size, MOST_BYTES));
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
