/** The system calls that neither Bun nor RocksDB offers; each throws an Error with `code`, as node:fs does. */
import { FFIType, type Pointer, dlopen, read } from "bun:ffi";
import { errnoName } from "../../../src/lib/linux/errno.ts";

const AT_FDCWD = -100;
const RENAME_EXCHANGE = 2;
const LOCK_EX = 2;
const LOCK_NB = 4;
const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;
const POSIX_FADV_DONTNEED = 4;
const F_GETLK = 5;
const F_OFD_SETLK = 37;
const F_WRLCK = 1;
const F_UNLCK = 2;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

const libc = dlopen("libc.so.6", {
  renameat2: {
    args: [FFIType.i32, FFIType.ptr, FFIType.i32, FFIType.ptr, FFIType.u32],
    returns: FFIType.i32,
  },
  flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  fcntl: { args: [FFIType.i32, FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
  fallocate: { args: [FFIType.i32, FFIType.i32, FFIType.i64, FFIType.i64], returns: FFIType.i32 },
  posix_fadvise: {
    args: [FFIType.i32, FFIType.i64, FFIType.i64, FFIType.i32],
    returns: FFIType.i32,
  },
  prctl: {
    args: [FFIType.i32, FFIType.u64, FFIType.u64, FFIType.u64, FFIType.u64],
    returns: FFIType.i32,
  },
  // Sizes and addresses of the copying loops are numbers, which Bun passes fastest as pointers.
  memcpy: { args: [FFIType.ptr, FFIType.ptr, FFIType.ptr], returns: FFIType.void },
  __errno_location: { args: [], returns: FFIType.ptr },
}).symbols;

/** memcpy(3): `to`, `from` and `size` as plain numbers; nothing is checked. */
export const copyMemory = libc.memcpy as unknown as (
  to: number,
  from: number,
  size: number,
) => void;

/** Lets the kernel kill this process when its parent dies; false if that parent is dead already. */
export function dieWith(parent: number): boolean {
  libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  return process.ppid === parent;
}

/** Swaps two directory entries in one step: renameat2(2) with RENAME_EXCHANGE. */
export function exchange(path: string, other: string): void {
  const result = libc.renameat2(AT_FDCWD, cString(path), AT_FDCWD, cString(other), RENAME_EXCHANGE);
  if (result !== 0) throw lastError(`exchange of ${path} and ${other}`);
}

/** Locks an open file or directory against others that use flock(2); false if one has it. */
export function tryFlock(fd: number): boolean {
  if (libc.flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
  const error = lastError("flock");
  if (error.code === "EAGAIN") return false;
  throw error;
}

/** Takes the fcntl(2) write lock that RocksDB takes on its LOCK file; false if another has it. */
export function tryRecordLock(fd: number): boolean {
  if (libc.fcntl(fd, F_OFD_SETLK, wholeFileLock()) === 0) return true;
  const error = lastError("fcntl lock");
  if (error.code === "EAGAIN" || error.code === "EACCES") return false;
  throw error;
}

/** The process that holds a record lock on the file; undefined if none or it cannot be seen from here. */
export function recordLockHolder(fd: number): number | undefined {
  const lock = conflictingLock(fd);
  return lock.isHeld && lock.pid > 0 ? lock.pid : undefined;
}

/** Whether another process holds a record lock on the file, which may be open for reading only. */
export function isRecordLocked(fd: number): boolean {
  return conflictingLock(fd).isHeld;
}

function conflictingLock(fd: number): { readonly isHeld: boolean; readonly pid: number } {
  const lock = wholeFileLock();
  if (libc.fcntl(fd, F_GETLK, lock) !== 0) return { isHeld: false, pid: 0 };
  const view = new DataView(lock.buffer);
  return { isHeld: view.getInt16(0, true) !== F_UNLCK, pid: view.getInt32(24, true) };
}

/** Gives a range of a file back to the file system; one that cannot do it leaves it as it is. */
export function punchHole(fd: number, offset: number, length: number): void {
  libc.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

/** Asks the kernel to forget a synced file's cached pages, so that it is next read from the disk. */
export function dropFromCache(fd: number): void {
  libc.posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

export function cString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`);
}

/** struct flock of 64-bit Linux: type and whence (i16 each), start, length (i64), pid (i32). */
function wholeFileLock(): Uint8Array {
  const lock = new Uint8Array(new ArrayBuffer(32));
  new DataView(lock.buffer).setInt16(0, F_WRLCK, true);
  return lock;
}

function lastError(what: string): NodeJS.ErrnoException {
  const errno = read.i32(libc.__errno_location() as Pointer, 0);
  const code = errnoName(errno);
  return Object.assign(new Error(`${code}: ${what}`), { errno, code });
}
