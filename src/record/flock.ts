import { dlopen } from "bun:ffi";

const { symbols: libc } = dlopen("libc.so.6", { flock: { args: ["int", "int"], returns: "int" } });

const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Takes the lock of an open file unless another process has it. The kernel gives it back when the
 * process ends in whatever way, so a dead run never blocks; it holds across containers (flock(2)).
 */
export function tryLock(fd: number): boolean {
  return libc.flock(fd, LOCK_EX | LOCK_NB) === 0;
}
