import { closeSync } from "node:fs";
import { settlesWithin } from "./wait.ts";

/** Bytes on their way from a script's pipe to where they are wanted. */
export type Relay = {
  /**
   * To be called when the script's process has ended: resolves when all it printed is passed on.
   * A process left behind may hold the pipe open: what that prints is taken for 1 s.
   * @param giveUp aborted when nobody reads this program's output any more and it must end
   * @returns whether the pipe is still held open
   */
  readonly finish: (giveUp: AbortSignal) => Promise<boolean>;
};

const LEFT_BEHIND_MS = 1_000;
const IDLE_MS = 20;

/** More than a pipe and the reader's buffer hold, so that what was in them when the script ended is taken. */
const BUFFERED_BYTES = 1 << 20;

/**
 * Reads a pipe to its end and passes each chunk on as it comes; reads no further while `pass` is
 * not ready for more, so that a flood is held back in the script and not in memory.
 */
export function startRelay(
  readEnd: number,
  pass: (bytes: Uint8Array) => Promise<void> | undefined,
): Relay {
  const reader = Bun.file(readEnd).stream().getReader();
  let received = 0;
  let isPassing = false;
  let isStopped = false;
  let isEnded = false;
  const ended = pump();
  return { finish };

  async function pump(): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (isStopped) return;
      received += value.length;
      isPassing = true;
      await pass(value);
      isPassing = false;
    }
    isEnded = true;
    closeSync(readEnd);
  }

  async function finish(giveUp: AbortSignal): Promise<boolean> {
    if (isEnded || (await settlesWithin(ended, LEFT_BEHIND_MS))) return false;
    const enough = received + BUFFERED_BYTES;
    let before = -1;
    const isBusy = (): boolean => isPassing || (received !== before && received < enough);
    while (isBusy() && !giveUp.aborted) {
      before = received;
      if (await settlesWithin(ended, IDLE_MS)) return false;
    }
    // The pipe stays open unread: closing it would kill a daemon with SIGPIPE.
    isStopped = true;
    return true;
  }
}
