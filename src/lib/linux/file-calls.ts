/**
 * System calls for files, relative to an open directory, so that nobody can put another directory in
 * its place meanwhile. Without node:fs, which has none of these and would add 1.3 ms to a start.
 * Every error is the errno's name.
 */
import { dlopen, ptr } from "bun:ffi";
import { fail, ok, type Result } from "../result.ts";
import { lastError, O_CLOEXEC } from "./descriptors.ts";

const { symbols: libc } = dlopen("libc.so.6", {
  openat: { args: ["int", "ptr", "int", "u32"], returns: "int" },
  statx: { args: ["int", "ptr", "int", "u32", "ptr"], returns: "int" },
  pread: { args: ["int", "ptr", "u64", "i64"], returns: "i64" },
  ftruncate: { args: ["int", "i64"], returns: "int" },
  lseek: { args: ["int", "i64", "int"], returns: "i64" },
  fsync: { args: ["int"], returns: "int" },
  fdatasync: { args: ["int"], returns: "int" },
  fchmod: { args: ["int", "u32"], returns: "int" },
  flock: { args: ["int", "int"], returns: "int" },
  renameat: { args: ["int", "ptr", "int", "ptr"], returns: "int" },
  unlinkat: { args: ["int", "ptr", "int"], returns: "int" },
  mkdirat: { args: ["int", "ptr", "u32"], returns: "int" },
  geteuid: { args: [], returns: "u32" },
});

/** In the place of an open directory: names are relative to the working directory, or absolute. */
export const AT_FDCWD = -100;

/** Two of them differ between CPUs (fcntl.h of each architecture). */
const [directoryFlag, noFollowFlag] =
  process.arch === "arm64" ? [0o40000, 0o100000] : [0o200000, 0o400000];

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_APPEND = 0o2000;

export const O_DIRECTORY = directoryFlag;
export const O_NOFOLLOW = noFollowFlag;

/** Opens a file, not inherited by other programs; `mode` if it is made (openat(2)). */
export function openAt(
  directory: number,
  name: string,
  flags: number,
  mode = 0,
): Result<number, string> {
  const fd = libc.openat(directory, ptr(cString(name)), flags | O_CLOEXEC, mode);
  return fd === -1 ? fail(lastError()) : ok(fd);
}

/** What is at a name, or behind a descriptor (statx(2)). */
export type FileStatus = {
  /** Of S_IFMT. */
  readonly type: number;
  /** Permission bits. */
  readonly mode: number;
  readonly links: number;
  readonly owner: number;
  readonly size: number;
  /** With the device, what makes it this file and no other. */
  readonly inode: bigint;
};

export const S_IFMT = 0o170000;
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFDIR = 0o040000;
export const S_IFBLK = 0o060000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;
export const S_IFSOCK = 0o140000;

const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC_STATS = 0x7ff;

/** struct statx, whose layout is the same on every architecture. */
const statxBuffer = new DataView(new ArrayBuffer(256));

/** What is at a name; of a link the link itself. */
export function statusAt(directory: number, name: string): Result<FileStatus, string> {
  return statx(directory, name, AT_SYMLINK_NOFOLLOW);
}

export function statusOf(fd: number): Result<FileStatus, string> {
  return statx(fd, "", AT_EMPTY_PATH);
}

function statx(fd: number, name: string, flags: number): Result<FileStatus, string> {
  const path = cString(name);
  if (libc.statx(fd, ptr(path), flags, STATX_BASIC_STATS, ptr(statxBuffer.buffer)) !== 0)
    return fail(lastError());
  const mode = statxBuffer.getUint16(28, true);
  return ok({
    type: mode & S_IFMT,
    mode: mode & 0o7777,
    links: statxBuffer.getUint32(16, true),
    owner: statxBuffer.getUint32(20, true),
    size: Number(statxBuffer.getBigUint64(40, true)),
    inode: statxBuffer.getBigUint64(32, true),
  });
}

/** Up to `length` bytes from `offset` on, fewer at the end of the file. */
export function readFrom(fd: number, offset: number, length: number): Result<Uint8Array, string> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const rest = bytes.subarray(filled);
    const position = BigInt(offset + filled);
    const count = Number(libc.pread(fd, ptr(rest), BigInt(rest.length), position));
    if (count === 0) break;
    if (count > 0) filled += count;
    else if (lastError() !== "EINTR") return fail(lastError());
  }
  return ok(bytes.subarray(0, filled));
}

export function truncate(fd: number, size: number): Result<void, string> {
  return done(libc.ftruncate(fd, size));
}

/** Sets the position to write at. */
export function seekTo(fd: number, offset: number): Result<void, string> {
  return done(Number(libc.lseek(fd, offset, 0)) === offset ? 0 : -1);
}

/** Content and names on the disk (fsync(2)). */
export function sync(fd: number): Result<void, string> {
  return done(libc.fsync(fd));
}

/** Content on the disk, and of the rest only what it takes to read it (fdatasync(2)). */
export function syncData(fd: number): Result<void, string> {
  return done(libc.fdatasync(fd));
}

export function changeMode(fd: number, mode: number): Result<void, string> {
  return done(libc.fchmod(fd, mode));
}

const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Takes the lock of an open file; EAGAIN if another process has it. The kernel releases it however
 * that process ends; it holds across containers (flock(2)).
 */
export function lock(fd: number): Result<void, string> {
  return done(libc.flock(fd, LOCK_EX | LOCK_NB));
}

/** Within one directory; what is at `to` is replaced in one step. */
export function rename(directory: number, from: string, to: string): Result<void, string> {
  const [fromPath, toPath] = [cString(from), cString(to)];
  return done(libc.renameat(directory, ptr(fromPath), directory, ptr(toPath)));
}

/** Removes a name of anything but a directory; of a link the link itself. */
export function unlink(directory: number, name: string): Result<void, string> {
  return done(libc.unlinkat(directory, ptr(cString(name)), 0));
}

export function makeDirectory(directory: number, name: string, mode: number): Result<void, string> {
  return done(libc.mkdirat(directory, ptr(cString(name)), mode));
}

/** The user in whose name this process acts. */
export function ownUser(): number {
  return libc.geteuid();
}

function done(result: number): Result<void, string> {
  return result === 0 ? ok(undefined) : fail(lastError());
}

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}
