/** Opens files of a database that anything may have been put in the place of. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { type Result, fail } from "../../../../src/lib/result.ts";
import type { Problem } from "./problem.ts";

export type OpenFile = {
  readonly path: string;
  /** Without its directory. */
  readonly name: string;
  readonly fd: number;
  readonly bytes: number;
};

/** Runs `use` with the file open for reading. A pipe, device or directory is a problem and never waited for. */
export function withFile<Value>(
  path: string,
  use: (file: OpenFile) => Result<Value, Problem>,
): Result<Value, Problem> {
  const name = basename(path);
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return fail(problemOf(name, error));
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile())
      return fail({ kind: "unreadable", file: name, error: "not a regular file" });
    return use({ path, name, fd, bytes: stat.size });
  } catch (error) {
    return fail(problemOf(name, error));
  } finally {
    closeSync(fd);
  }
}

/** Fills `target` from `offset` of the file; gives how many bytes there were. Throws as read(2) fails. */
export function readAt(file: OpenFile, target: Uint8Array, offset: number): number {
  let filled = 0;
  while (filled < target.length) {
    const got = readSync(file.fd, target, filled, target.length - filled, offset + filled);
    if (got === 0) break;
    filled += got;
  }
  return filled;
}

function problemOf(file: string, error: unknown): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  if (code === "ENOENT") return { kind: "missing", file, why: "the database needs it" };
  return { kind: "unreadable", file, error: message };
}
