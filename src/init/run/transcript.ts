import type { Chunk, Printed } from "./cause/printed.ts";
import type { Tail } from "./outcome.ts";

import { createSieve, type Sieve } from "./sieve.ts";

type Stream = Chunk["stream"];

/** What is kept of a script's output for whoever asks later why it failed. */
export type Transcript = {
  readonly push: (stream: Stream, bytes: Uint8Array) => void;
  readonly tail: () => Tail;
  readonly printed: () => Printed;
};

export const TAIL_BYTES = 4096;

/** Small writes are collected, so that a script that prints a byte at a time costs no copy for each. */
const BATCH_BYTES = 32 * 1024;

/** What comes closer together than this was printed together: two pipes have no order. */
const TOGETHER_MS = 10;
const LONGEST_READ_MS = 50;

export function createTranscript(): Transcript {
  let read = 0;
  let readStart = 0;
  let lastAt = 0;
  const order = { next: 0 };
  const streams = { stdout: createStreamTail(order), stderr: createStreamTail(order) };
  return {
    push(stream, bytes) {
      const now = performance.now();
      if (now - lastAt > TOGETHER_MS || now - readStart > LONGEST_READ_MS) {
        read++;
        readStart = now;
      }
      lastAt = now;
      streams[stream].push(bytes, read, now);
    },
    tail: () => ({ stdout: streams.stdout.bytes(), stderr: streams.stderr.bytes() }),
    printed() {
      const kept = (["stdout", "stderr"] as const)
        .flatMap((stream) => streams[stream].kept().map((line) => ({ ...line, stream })))
        .toSorted((a, b) => a.order - b.order);
      const reads = new Map<number, Chunk[]>();
      for (const stream of ["stdout", "stderr"] as const) {
        for (const { read: number, text } of streams[stream].pieces()) {
          const chunks = reads.get(number) ?? [];
          chunks.push({ stream, text });
          reads.set(number, chunks);
        }
      }
      const inOrder = [...reads].toSorted(([a], [b]) => a - b).map(([, chunks]) => chunks);
      return { kept: kept.map(({ stream, text }) => ({ stream, text })), reads: inOrder };
    },
  };
}

type StreamTail = {
  readonly push: (bytes: Uint8Array, read: number, now: number) => void;
  readonly bytes: () => Uint8Array;
  readonly kept: Sieve["lines"];
  /** The last output by the reads in which it came, its first line from its beginning. */
  readonly pieces: () => readonly { readonly read: number; readonly text: string }[];
};

function createStreamTail(order: { next: number }): StreamTail {
  const sieve = createSieve(order);
  let chunks: Uint8Array[] = [];
  let size = 0;
  let total = 0;
  /** Where in the stream each read ends. */
  let ends: { readonly read: number; end: number }[] = [];
  return { push, bytes, kept: sieve.lines, pieces };

  function push(bytesRead: Uint8Array, read: number, now: number): void {
    total += bytesRead.length;
    const last = ends.at(-1);
    if (last?.read === read) last.end = total;
    else ends.push({ read, end: total });
    if (bytesRead.length >= TAIL_BYTES) {
      for (const chunk of chunks) sieve.pass(chunk, now);
      sieve.pass(bytesRead.subarray(0, -TAIL_BYTES), now);
      // Copied, so that a large chunk is not kept alive for its last 4 KiB.
      keep(bytesRead.slice(-TAIL_BYTES));
      return;
    }
    chunks.push(bytesRead.slice());
    size += bytesRead.length;
    if (size > BATCH_BYTES) shrink(now);
  }

  function shrink(now: number): void {
    const all = Buffer.concat(chunks);
    sieve.pass(all.subarray(0, -TAIL_BYTES), now);
    keep(all.subarray(-TAIL_BYTES));
  }

  function keep(tail: Uint8Array): void {
    chunks = [tail];
    size = tail.length;
    ends = ends.filter(({ end }) => end > total - TAIL_BYTES);
  }

  function bytes(): Uint8Array {
    return Buffer.concat(chunks).subarray(-TAIL_BYTES);
  }

  function pieces(): ReturnType<StreamTail["pieces"]> {
    shrink(performance.now());
    const tail = bytes();
    const start = total - tail.length;
    const decoder = new TextDecoder();
    let from = 0;
    return ends.map(({ read, end }, index) => {
      const piece = tail.subarray(from, end - start);
      from = end - start;
      const text = decoder.decode(piece, { stream: true });
      return { read, text: index === 0 ? `${sieve.head()}${text}` : text };
    });
  }
}
