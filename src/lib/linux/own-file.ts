/**
 * Files that this program keeps where others may have put something else: nothing is followed,
 * nothing is waited for, and nothing but a regular file of this user is read or written.
 */
import { fail, ok, type Result } from "../result.ts";
import { close, O_NONBLOCK, writeAll } from "./descriptors.ts";
import * as calls from "./file-calls.ts";

/** Why what is there is not used, as the end of a sentence: `PATH: it is a symbolic link`. */
export type Refusal = string;

export type OwnFile = { readonly fd: number; readonly size: number };

export type Access = {
  readonly for: keyof typeof FLAGS;
  /** Made with this mode if nothing is there. */
  readonly create: number | undefined;
  /** Other users than this one that may own it, such as root for what kubelet makes. */
  readonly owners?: readonly number[];
  /** Whether it counts also if others can write it: what is in it is only replaced, never read. */
  readonly isForOthers?: boolean;
};

const KINDS: ReadonlyMap<number, string> = new Map([
  [calls.S_IFLNK, "a symbolic link"],
  [calls.S_IFDIR, "a directory"],
  [calls.S_IFIFO, "a FIFO"],
  [calls.S_IFSOCK, "a socket"],
  [calls.S_IFCHR, "a device"],
  [calls.S_IFBLK, "a device"],
]);

/**
 * Opens a regular file with one name that belongs to this user.
 * @param directory a descriptor, or AT_FDCWD
 * @returns undefined if nothing is there and none was to be made; the error says what is wrong
 */
export function openOwnFile(
  directory: number,
  name: string,
  access: Access,
): Result<OwnFile | undefined, Refusal> {
  // Looked at before it is opened: opening a device can do harm, and opening a FIFO can take for ever.
  const before = calls.statusAt(directory, name);
  if (!before.ok && before.error !== "ENOENT") return before;
  if (!before.ok && access.create === undefined) return ok(undefined);
  const refusal = before.ok ? refusalOf(before.value, access) : undefined;
  if (refusal !== undefined) return fail(refusal);
  const opened = calls.openAt(directory, name, flagsOf(access, !before.ok), access.create);
  if (!opened.ok) return opened;
  // Somebody may have put another file there meanwhile.
  const after = calls.statusOf(opened.value);
  const wrong = after.ok ? refusalOf(after.value, access) : after.error;
  if (wrong === undefined && after.ok) return ok({ fd: opened.value, size: after.value.size });
  close(opened.value);
  return fail(wrong ?? "unknown");
}

const FLAGS = {
  reading: calls.O_RDONLY,
  overwriting: calls.O_WRONLY,
  updating: calls.O_RDWR,
  appending: calls.O_RDWR | calls.O_APPEND,
} as const;

function flagsOf(access: Access, isNew: boolean): number {
  const make = isNew ? calls.O_CREAT | calls.O_EXCL : 0;
  return FLAGS[access.for] | make | calls.O_NOFOLLOW | O_NONBLOCK;
}

function refusalOf(
  { type, links, owner, mode }: calls.FileStatus,
  { owners = [], isForOthers = false }: Access,
): Refusal | undefined {
  if (type !== calls.S_IFREG) return `it is ${KINDS.get(type) ?? "not a regular file"}`;
  if (links > 1) return `it has ${links} names (hard links)`;
  if (owner !== calls.ownUser() && !owners.includes(owner)) return `user ${owner} owns it`;
  if (!isForOthers && (mode & 0o022) !== 0) return `others can write it (mode ${octal(mode)})`;
  return undefined;
}

/** `durably`: whatever happens, a power cut too, what is there is the old content or the new one. */
export type Replacing = "in one step" | "durably";

/**
 * Makes a file with this content in the place of what is there. A link, a FIFO and the like is
 * replaced, not followed; a directory is an error.
 */
export function replaceOwnFile(
  directory: number,
  name: string,
  content: Uint8Array,
  how: Replacing,
): Result<void, string> {
  const aside = `${name}.new`;
  const removed = calls.unlink(directory, aside);
  if (!removed.ok && removed.error !== "ENOENT") return fail(`${aside}: ${removed.error}`);
  const made = openOwnFile(directory, aside, { for: "overwriting", create: 0o600 });
  if (!made.ok) return fail(`${aside}: ${made.error}`);
  if (made.value === undefined) return fail(`${aside}: ENOENT`);
  const written = write(made.value.fd, content, how);
  close(made.value.fd);
  const replaced = written.ok ? calls.rename(directory, aside, name) : written;
  if (!replaced.ok) {
    calls.unlink(directory, aside);
    return replaced;
  }
  return how === "durably" ? calls.sync(directory) : ok(undefined);
}

function write(fd: number, content: Uint8Array, how: Replacing): Result<void, string> {
  const written = writeAll(fd, content);
  return written.ok && how === "durably" ? calls.sync(fd) : written;
}

export function octal(mode: number): string {
  return `0${mode.toString(8)}`;
}
