import { dlopen, ptr, read } from "bun:ffi";
import { closeSync } from "node:fs";
import { fail, ok, type Result } from "../result.ts";
import { errnoName } from "./errno.ts";

const { symbols: libc } = dlopen("libc.so.6", {
  pipe2: { args: ["ptr", "int"], returns: "int" },
  fcntl: { args: ["int", "int", "int"], returns: "int" },
  poll: { args: ["ptr", "u64", "int"], returns: "int" },
  prctl: { args: ["int", "u64", "u64", "u64", "u64"], returns: "int" },
  waitpid: { args: ["int", "ptr", "int"], returns: "int" },
  signal: { args: ["int", "ptr"], returns: "ptr" },
  syscall: { args: ["i64", "u64", "u64", "u64", "u64", "u64"], returns: "i64" },
  flock: { args: ["int", "int"], returns: "int" },
  isatty: { args: ["int"], returns: "int" },
  __errno_location: { args: [], returns: "ptr" },
});

const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const POLLOUT = 4;
const PR_SET_CHILD_SUBREAPER = 36;
const SIGCHLD = 17;
const SIG_DFL = null;
const WNOHANG = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

export type Pipe = { readonly readEnd: number; readonly writeEnd: number };

/**
 * A pipe(2) for a script's output; its read end does not block. Bun's own "pipe" is a socket, in
 * which `echo > /dev/stderr` fails (ENXIO: open(2) on a socket).
 * @throws Error with the errno, as when no file descriptor is left
 */
export function createPipe(): Pipe {
  const ends = new Int32Array(2);
  if (libc.pipe2(ptr(ends), O_CLOEXEC) !== 0) throw errnoError("pipe2");
  const [readEnd = -1, writeEnd = -1] = ends;
  if (libc.fcntl(readEnd, F_SETFL, O_NONBLOCK) !== 0) throw errnoError("fcntl");
  return { readEnd, writeEnd };
}

const pollRequest = new DataView(new ArrayBuffer(8));

/** Whether a write of up to PIPE_BUF (4096) bytes would not block now (poll(2), pipe(7)). */
export function isWritable(fd: number): boolean {
  pollRequest.setInt32(0, fd, true);
  pollRequest.setInt16(4, POLLOUT, true);
  pollRequest.setInt16(6, 0, true);
  return libc.poll(ptr(pollRequest.buffer), 1n, 0) === 1;
}

/**
 * Takes the lock of an open file or directory; false if another process has it. The kernel releases
 * it however that process ends (flock(2)).
 */
export function takeLock(fd: number): boolean {
  return libc.flock(fd, LOCK_EX | LOCK_NB) === 0;
}

/** Whether a file descriptor is a terminal (isatty(3)); node:tty would add 3 ms to every start. */
export function isTerminal(fd: number): boolean {
  return libc.isatty(fd) === 1;
}

/** Orphans of this process become its children (PR_SET_CHILD_SUBREAPER), so that it can end them. */
export function becomeSubreaper(): Result<void, string> {
  const isRefused = libc.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n) !== 0;
  return isRefused ? fail(errnoError("prctl").message) : ok(undefined);
}

/** Takes the exit status of a dead child from the kernel; false while it lives or if it is none of ours. */
export function reap(pid: number): boolean {
  return libc.waitpid(pid, null, WNOHANG) === pid;
}

/**
 * Makes the kernel keep the exit statuses of children: a parent that ignores SIGCHLD hands that down
 * through exec, and then the kernel throws them away (waitpid(2)).
 */
export function waitForChildren(): void {
  libc.signal(SIGCHLD, SIG_DFL);
}

/** The same numbers on x86-64 and arm64 (asm-generic/unistd.h). */
const SYS_FSOPEN = 430n;
const SYS_FSCONFIG = 431n;
const SYS_FSMOUNT = 432n;
const CLOSE_ON_EXEC = 1n;
const FSCONFIG_CMD_CREATE = 6n;

/**
 * Mounts cgroup v2 without attaching it anywhere: nothing but the file descriptor shows it, and the
 * root that it shows is that of this process's cgroup namespace (fsmount(2), Linux 5.2).
 * @returns a file descriptor; undefined without the right to mount
 */
export function mountCgroup2(): number | undefined {
  const name = Buffer.from("cgroup2\0");
  const context = libc.syscall(SYS_FSOPEN, BigInt(ptr(name)), CLOSE_ON_EXEC, 0n, 0n, 0n);
  if (context < 0n) return undefined;
  const isMade = libc.syscall(SYS_FSCONFIG, context, FSCONFIG_CMD_CREATE, 0n, 0n, 0n) === 0n;
  const mount = isMade ? libc.syscall(SYS_FSMOUNT, context, CLOSE_ON_EXEC, 0n, 0n, 0n) : -1n;
  closeSync(Number(context));
  return mount < 0n ? undefined : Number(mount);
}

/** As node:fs throws it: with the name of the errno in `code`. */
function errnoError(call: string): Error {
  const number = errno();
  const failure = new Error(`${call} failed with errno ${number}`);
  return Object.assign(failure, { code: errnoName(number) });
}

function errno(): number {
  const location = libc.__errno_location();
  return location === null ? 0 : read.i32(location);
}
