import { writev, writeSync } from "node:fs";
import { isWritable } from "../../lib/linux/libc.ts";
import { codeOf } from "../../lib/text/error.ts";

/** One of this program's own output streams. */
export type Output = {
  /** Takes bytes in order; resolves when there is room for more, at once as a rule. Never rejects. */
  readonly write: (bytes: Uint8Array) => Promise<void> | undefined;
  /** Resolves when all bytes taken so far have left this process. */
  readonly drained: () => Promise<void>;
  /** Whether the next byte begins a line. */
  readonly atLineStart: () => boolean;
};

/** Room for bytes that wait for a slow reader: with both streams, what a run may hold in memory. */
const HIGH_WATER_BYTES = 1 << 20;

/** A pipe that poll(2) calls writable takes this much without blocking (PIPE_BUF, pipe(7)). */
const ATOMIC_BYTES = 4096;

const NEWLINE = 0x0a;

/**
 * An output over a file descriptor. Small writes go out at once; larger ones wait in a queue that
 * worker threads write, so that a slow reader never holds up deadlines and signals.
 * @param onBroken told once why nothing can be written any more (EPIPE, ENOSPC, …); from then on
 *   bytes are dropped, since a log that nobody reads must not stop the preparation of a node
 */
export function createOutput(fd: number, onBroken: (code: string) => void): Output {
  let queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let isWriting = false;
  let isBroken = false;
  let lastByte = NEWLINE;
  const whenRoom: (() => void)[] = [];
  const whenDrained: (() => void)[] = [];

  return { write, drained, atLineStart: () => lastByte === NEWLINE };

  function write(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length === 0 || isBroken) return undefined;
    lastByte = bytes[bytes.length - 1] ?? NEWLINE;
    const isSmall = bytes.length <= ATOMIC_BYTES && !isWriting && isWritable(fd);
    const rest = isSmall ? writeNow(bytes) : bytes;
    if (rest.length === 0 || isBroken) return undefined;
    queue.push(rest);
    queuedBytes += rest.length;
    startWriting();
    if (queuedBytes < HIGH_WATER_BYTES) return undefined;
    return new Promise((resolve) => whenRoom.push(resolve));
  }

  function drained(): Promise<void> {
    if (!isWriting) return Promise.resolve();
    return new Promise((resolve) => whenDrained.push(resolve));
  }

  /** What could not be written at once. */
  function writeNow(bytes: Uint8Array): Uint8Array {
    try {
      return bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      if (!isRetryable(codeOf(error))) breakDown(codeOf(error));
      return bytes;
    }
  }

  function startWriting(): void {
    if (isWriting) return;
    isWriting = true;
    const batch = queue;
    queue = [];
    writeBatch(batch);
  }

  function writeBatch(batch: readonly Uint8Array[]): void {
    writev(fd, batch, null, (error, written) => {
      if (error !== null && !isRetryable(codeOf(error))) {
        breakDown(codeOf(error));
        return;
      }
      const count = error === null ? written : 0;
      queuedBytes -= count;
      wake(whenRoom.splice(0));
      const rest = dropBytes(batch, count);
      if (rest.length > 0) {
        // EAGAIN: whoever shares this stream made it non-blocking, and its reader is slow.
        if (error === null) writeBatch(rest);
        else setTimeout(writeBatch, 5, rest);
        return;
      }
      isWriting = false;
      if (queue.length > 0) startWriting();
      else wake(whenDrained.splice(0));
    });
  }

  function breakDown(code: string): void {
    isBroken = true;
    isWriting = false;
    queue = [];
    queuedBytes = 0;
    wake(whenRoom.splice(0));
    wake(whenDrained.splice(0));
    onBroken(code);
  }
}

function dropBytes(batch: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let remaining = count;
  const rest: Uint8Array[] = [];
  for (const bytes of batch) {
    if (remaining < bytes.length) rest.push(bytes.subarray(remaining));
    remaining = Math.max(0, remaining - bytes.length);
  }
  return rest;
}

function wake(waiting: readonly (() => void)[]): void {
  for (const resume of waiting) resume();
}

function isRetryable(code: string): boolean {
  return code === "EAGAIN" || code === "EINTR";
}
