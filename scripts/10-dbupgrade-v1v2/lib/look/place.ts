/** What has the name of a database, before anything in it is read. */
import { lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";

export type Place =
  | "absent"
  /** A directory with nothing in it but `lost+found`: a new node, or a mount point made for it. */
  | "empty"
  /** A directory, or a link to one, with something in it. */
  | "filled"
  | "broken-link"
  | "not-a-directory";

/** Throws as lstat(2) and readdir(2) fail, but for ENOENT. */
export function placeOf(path: string): Place {
  const own = lstatSync(path, { throwIfNoEntry: false });
  if (own === undefined) return "absent";
  const stat = own.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : own;
  if (stat === undefined) return "broken-link";
  if (!stat.isDirectory()) return "not-a-directory";
  return readdirSync(path).every((name) => name === "lost+found") ? "empty" : "filled";
}

/** Where a symbolic link points to; undefined if it is none. */
export function linkTarget(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
    ? readlinkSync(path)
    : undefined;
}

/** Whether anything at all has this name. */
export function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
