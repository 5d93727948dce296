import { constants } from "node:os";
import { type Result, fail, ok } from "../../../src/lib/result.ts";

/** MS_NOSUID | MS_NODEV | MS_NOEXEC, as systemd mounts kernel file systems. */
const FLAGS = 14n;

/**
 * mount(2) of a file system without a device. Called directly: it needs no mount program in the
 * image and tells the errno, which mount(8) puts into words of its own.
 */
export async function mountFileSystem(type: string, target: string): Promise<Result<void, string>> {
  const { dlopen, read } = await import("bun:ffi");
  const libc = dlopen("libc.so.6", {
    mount: { args: ["cstring", "cstring", "cstring", "u64", "ptr"], returns: "int" },
    __errno_location: { args: [], returns: "ptr" },
  }).symbols;
  const errnoAt = libc.__errno_location();
  const status = libc.mount(bytes(type), bytes(target), bytes(type), FLAGS, null);
  if (status === 0) return ok(undefined);
  const errno = errnoAt === null ? 0 : read.i32(errnoAt);
  return fail(`cannot mount ${type} at ${target}: ${errnoName(errno)}`);
}

/** umount2(2), here and where it has propagated to; the error says what refuses. */
export async function unmount(target: string): Promise<Result<void, string>> {
  const { dlopen, read } = await import("bun:ffi");
  const libc = dlopen("libc.so.6", {
    umount2: { args: ["cstring", "int"], returns: "int" },
    __errno_location: { args: [], returns: "ptr" },
  }).symbols;
  const errnoAt = libc.__errno_location();
  if (libc.umount2(bytes(target), 0) === 0) return ok(undefined);
  const errno = errnoAt === null ? 0 : read.i32(errnoAt);
  return fail(`cannot unmount ${target}: ${errnoName(errno)}`);
}

function bytes(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/** `EPERM`, or the number if it has no name here. */
function errnoName(errno: number): string {
  const known = Object.entries(constants.errno).find(([, value]) => value === errno);
  return known?.[0] ?? `errno ${errno}`;
}
