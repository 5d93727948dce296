/**
 * System calls on open files and pipes, without node:fs, which would add 1.3 ms to a start. Every
 * error is the errno's name.
 */
import { dlopen, ptr, read as readMemory } from "bun:ffi";
import { fail, ok, type Result } from "../result.ts";
import { errnoName } from "./errno.ts";

const { symbols: libc } = dlopen("libc.so.6", {
  close: { args: ["int"], returns: "int" },
  read: { args: ["int", "ptr", "u64"], returns: "i64" },
  write: { args: ["int", "ptr", "u64"], returns: "i64" },
  pipe2: { args: ["ptr", "int"], returns: "int" },
  fcntl: { args: ["int", "int", "int"], returns: "int" },
  poll: { args: ["ptr", "u64", "int"], returns: "int" },
  _exit: { args: ["int"], returns: "void" },
  __errno_location: { args: [], returns: "ptr" },
});

export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;

export function close(fd: number): void {
  libc.close(fd);
}

/** Reads once, what is there; 0 bytes at the end (read(2)). */
export function read(fd: number, into: Uint8Array): Result<number, string> {
  for (;;) {
    const count = Number(libc.read(fd, ptr(into), BigInt(into.length)));
    if (count >= 0) return ok(count);
    if (lastError() !== "EINTR") return fail(lastError());
  }
}

/** Writes once, what goes; EAGAIN if nothing does (write(2)). */
export function write(fd: number, bytes: Uint8Array): Result<number, string> {
  for (;;) {
    const count = Number(libc.write(fd, ptr(bytes), BigInt(bytes.length)));
    if (count >= 0) return ok(count);
    if (lastError() !== "EINTR") return fail(lastError());
  }
}

/** Writes all bytes at the file's position; the error says nothing of how much was written. */
export function writeAll(fd: number, bytes: Uint8Array): Result<void, string> {
  let rest = bytes;
  while (rest.length > 0) {
    const written = write(fd, rest);
    if (!written.ok) return written;
    if (written.value === 0) return fail("EIO");
    rest = rest.subarray(written.value);
  }
  return ok(undefined);
}

export type Pipe = { readonly readEnd: number; readonly writeEnd: number };

const F_SETFL = 4;

/** A pipe(2), not inherited by other programs, of which one end does not block. */
export function createPipe(nonBlocking: keyof Pipe): Result<Pipe, string> {
  const ends = new Int32Array(2);
  if (libc.pipe2(ptr(ends), O_CLOEXEC) !== 0) return fail(lastError());
  const [readEnd = -1, writeEnd = -1] = ends;
  const pipe = { readEnd, writeEnd };
  libc.fcntl(pipe[nonBlocking], F_SETFL, O_NONBLOCK);
  return ok(pipe);
}

const POLLIN = 1;
const pollRequest = new DataView(new ArrayBuffer(8));

/** Waits up to `ms` milliseconds until there is something to read, or the end of it (poll(2)). */
export function waitUntilReadable(fd: number, ms: number): boolean {
  pollRequest.setInt32(0, fd, true);
  pollRequest.setInt16(4, POLLIN, true);
  pollRequest.setInt16(6, 0, true);
  return libc.poll(ptr(pollRequest.buffer), 1n, ms) === 1;
}

/** Ends this process at once: nothing is flushed, and nobody is asked. */
export function exitNow(status: number): never {
  libc._exit(status);
  throw new Error("_exit returned");
}

/** The name of the errno that the last call of this thread left. */
export function lastError(): string {
  const location = libc.__errno_location();
  return errnoName(location === null ? 0 : readMemory.i32(location));
}
