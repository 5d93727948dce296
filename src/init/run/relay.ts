import { closeSync, readSync } from "node:fs";
import { settlesWithin } from "./wait.ts";

/** Bytes on their way from a script's pipe to where they are wanted. */
export type Relay = {
  /**
   * To be called when the script's process has ended: resolves when all it printed is passed on.
   * A process left behind may hold the pipe open: what that prints is taken for 1 s.
   * @param giveUp aborted when nobody reads this program's output any more and it must end
   */
  readonly finish: (giveUp: AbortSignal) => Promise<void>;
  /**
   * To be called when what was left behind has ended too: passes on what it still printed.
   * @returns whether the pipe is still held open
   */
  readonly close: (giveUp: AbortSignal) => Promise<boolean>;
};

const LEFT_BEHIND_MS = 1_000;
const IDLE_MS = 20;

/** Most scripts end sooner, and are spared the cost of two streams, 0.15 ms. */
const STREAM_AFTER_MS = 3;

/** More than a pipe and the reader's buffer hold, so that what was in them when the script ended is taken. */
const BUFFERED_BYTES = 1 << 20;

const chunk = new Uint8Array(64 * 1024);

/**
 * Reads a pipe to its end and passes each chunk on as it comes; reads no further while `pass` is
 * not ready for more, so that a flood is held back in the script and not in memory.
 * @param readEnd does not block; closed at the end of the pipe
 */
export function startRelay(
  readEnd: number,
  pass: (bytes: Uint8Array) => Promise<void> | undefined,
): Relay {
  let received = 0;
  let isPassing = false;
  let isStopped = false;
  let isAtEnd = false;
  let stream: Promise<void> | undefined;
  const timer = setTimeout(() => void startStream(), STREAM_AFTER_MS);
  return { finish, close };

  function startStream(): Promise<void> {
    stream ??= readStream();
    return stream;
  }

  async function readStream(): Promise<void> {
    const reader = Bun.file(readEnd).stream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (isStopped) return;
      await passOn(value);
    }
    closeAtEnd();
  }

  function closeAtEnd(): void {
    isAtEnd = true;
    closeSync(readEnd);
  }

  async function passOn(bytes: Uint8Array): Promise<void> {
    received += bytes.length;
    isPassing = true;
    await pass(bytes);
    isPassing = false;
  }

  async function finish(giveUp: AbortSignal): Promise<void> {
    clearTimeout(timer);
    if (stream === undefined && (await readWhatIsThere())) return;
    const ended = startStream();
    if (!(await settlesWithin(ended, LEFT_BEHIND_MS))) await settlesOrIdles(ended, giveUp);
  }

  async function close(giveUp: AbortSignal): Promise<boolean> {
    if (isAtEnd || (await settlesOrIdles(startStream(), giveUp))) return false;
    // The pipe stays open unread: closing it would kill a daemon with SIGPIPE.
    isStopped = true;
    return true;
  }

  /** Whether the end of the pipe comes while there is still something to pass on. */
  async function settlesOrIdles(ended: Promise<void>, giveUp: AbortSignal): Promise<boolean> {
    const enough = received + BUFFERED_BYTES;
    let before = -1;
    const isBusy = (): boolean => isPassing || (received !== before && received < enough);
    while (isBusy() && !giveUp.aborted) {
      before = received;
      if (await settlesWithin(ended, IDLE_MS)) return true;
    }
    return false;
  }

  /** @returns whether that was the end of the pipe */
  async function readWhatIsThere(): Promise<boolean> {
    for (;;) {
      const length = readNow();
      if (length === undefined) return false;
      if (length === 0) break;
      await passOn(chunk.slice(0, length));
    }
    closeAtEnd();
    return true;
  }

  /** How much was read into `chunk`; 0 at the end of the pipe, undefined if somebody still holds it. */
  function readNow(): number | undefined {
    try {
      return readSync(readEnd, chunk);
    } catch {
      return undefined; // EAGAIN
    }
  }
}
