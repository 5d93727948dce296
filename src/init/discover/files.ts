import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
  type Stats,
} from "node:fs";
import { dirname } from "node:path";
import type { Fault } from "./script.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { codeOf } from "../../lib/text/error.ts";

/** Why a path cannot be used, and what to do about it if there is more than to correct it. */
export type Unusable = Extract<Fault, { readonly code: "EntryUnusable" }>;

/** What a path leads to, links followed. */
export function statEntry(path: string): Result<Stats, Unusable> {
  return attempt(path, () => statSync(path));
}

/** The names in a directory, as the bytes they are (a name on Linux need not be UTF-8). */
export function listNames(path: string): Result<readonly Buffer[], Unusable> {
  return attempt(path, () => readdirSync(path, { encoding: "buffer" }));
}

/** The first `length` bytes of a file, fewer if it is shorter. */
export function readHead(path: string, length: number): Result<Buffer, Unusable> {
  return attempt(path, () => {
    // Some files of /proc have no end and would block.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const head = Buffer.alloc(length);
      return head.subarray(0, readSync(file, head, 0, length, 0));
    } finally {
      closeSync(file);
    }
  });
}

/** Which directories are above a path: a link to one of them is a cycle. */
export function identitiesAbove(path: string): readonly string[] {
  const found: string[] = [];
  const real = attempt(path, () => realpathSync(path));
  if (!real.ok) return found;
  for (let above = dirname(real.value); ; above = dirname(above)) {
    const stats = statEntry(above);
    if (stats.ok) found.push(identityOf(stats.value));
    if (above === "/") return found;
  }
}

export function identityOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`;
}

/** Whether this process may execute a file: false also on a file system that is mounted noexec. */
export function mayExecute(path: string): boolean {
  return attempt(path, () => accessSync(path, constants.X_OK)).ok;
}

function attempt<Value>(path: string, call: () => Value): Result<Value, Unusable> {
  try {
    return ok(call());
  } catch (error) {
    return fail(explain(error, path));
  }
}

function explain(error: unknown, path: string): Unusable {
  const code = codeOf(error);
  if (code === "ENOENT")
    return unusable(
      isLink(path) ? "it is a link to something that does not exist" : "it does not exist",
    );
  if (code === "ELOOP")
    return unusable("it is a link that leads back to itself, a cycle", "Remove the link");
  if (code === "EACCES") return unusable("permission denied", "Run as root, or change its mode");
  if (code === "ENOTDIR") return unusable("it is not a directory");
  if (code === "ENAMETOOLONG") return unusable("its path is too long");
  return unusable(code);
}

export function unusable(what: string, advice = ""): Unusable {
  return { code: "EntryUnusable", about: { what, advice } };
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
