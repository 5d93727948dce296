import { ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { wait } from "../run/wait.ts";
import { tryLock } from "../../lib/linux/libc.ts";

const POLL_MS = 100;
const TELL_MS = 30_000;

/**
 * Takes the lock of a state directory, so that two runs do not prepare a host at once; waits while
 * another run has it. It is held until this process ends.
 * @param tell told at once and every 30 s who has it
 * @param stop aborted: stop waiting
 * @returns whether the lock was taken
 * @throws as open(2) does
 */
export async function lockStateDir(
  stateDir: string,
  bootId: string,
  tell: (text: string) => void,
  stop: AbortSignal,
): Promise<boolean> {
  const path = `${stateDir}/lock`;
  const fd = openSync(path, "a+", 0o600);
  let toldAt = -Infinity;
  while (!tryLock(fd)) {
    if (stop.aborted) return false;
    if (performance.now() - toldAt >= TELL_MS) {
      toldAt = performance.now();
      tell(`waiting for another run on this host (${holderOf(path)}) that has ${path}`);
    }
    await wait(POLL_MS, stop);
  }
  ftruncateSync(fd);
  const since = new Date().toISOString();
  writeSync(fd, `${JSON.stringify({ pid: process.pid, bootId, since })}\n`);
  return true;
}

function holderOf(path: string): string {
  try {
    const { pid, since } = JSON.parse(readFileSync(path, "utf8")) as {
      pid?: unknown;
      since?: unknown;
    };
    return `pid ${String(pid)} there, since ${String(since)}`;
  } catch {
    return "it has not told its pid yet";
  }
}
