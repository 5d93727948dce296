import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  type Stats,
} from "node:fs";
import { fail, ok, type Result } from "../../lib/result.ts";
import { codeOf } from "../../lib/text/error.ts";

/** What a path leads to, links followed; the error is worded for a person. */
export function statEntry(path: string): Result<Stats, string> {
  return attempt(path, () => statSync(path));
}

/** The names in a directory, as the bytes they are (a name on Linux need not be UTF-8). */
export function listNames(path: string): Result<readonly Buffer[], string> {
  return attempt(path, () => readdirSync(path, { encoding: "buffer" }));
}

/** The first `length` bytes of a file, fewer if it is shorter. */
export function readHead(path: string, length: number): Result<Buffer, string> {
  return attempt(path, () => {
    const file = openSync(path, "r");
    try {
      const head = Buffer.alloc(length);
      return head.subarray(0, readSync(file, head, 0, length, 0));
    } finally {
      closeSync(file);
    }
  });
}

/** Whether this process may execute a file: false also on a file system that is mounted noexec. */
export function mayExecute(path: string): boolean {
  return attempt(path, () => accessSync(path, constants.X_OK)).ok;
}

function attempt<Value>(path: string, call: () => Value): Result<Value, string> {
  try {
    return ok(call());
  } catch (error) {
    return fail(explain(error, path));
  }
}

function explain(error: unknown, path: string): string {
  const code = codeOf(error);
  if (code === "ENOENT")
    return isLink(path) ? "it is a link to something that does not exist" : "it does not exist";
  if (code === "ELOOP") return "it is a link that leads back to itself, a cycle: remove the link";
  if (code === "EACCES") return "permission denied: run as root, or change its mode";
  if (code === "ENOTDIR") return "it is not a directory";
  if (code === "ENAMETOOLONG") return "its path is too long";
  return code;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
