/** Keeps lines that look like errors from output that scrolls out of the tail. */
export type Sieve = {
  /** Takes what has scrolled out, in order. */
  readonly pass: (bytes: Uint8Array, now: number) => void;
  /** The last lines that look like errors, oldest first, each with its place among all streams'. */
  readonly lines: () => readonly { readonly order: number; readonly text: string }[];
  /** The beginning of the line that goes on behind what was passed. */
  readonly head: () => string;
};

const MOST_LINES = 16;
const LINE_BYTES = 512;

/** In nearly every error; what each line means is decided later. Searched for by memmem(3). */
const NEEDLES = [
  "rror",
  "RROR",
  "atal",
  "ATAL",
  "ailed",
  "AIL",
  "annot ",
  "ould not",
  "ot found",
  "o such",
  "denied",
  "nable to",
].map((needle) => Buffer.from(needle));
const PER_NEEDLE = 2;

/** Bytes searched in a millisecond on average, and at once: a flood of 1 GB is not held up by it. */
const BYTES_PER_MS = 128 * 1024;
const BURST_BYTES = 8 << 20;

const NEWLINE = 0x0a;

/** @param order shared by the streams of a script */
export function createSieve(order: { next: number }): Sieve {
  let lines: { readonly order: number; readonly text: string }[] = [];
  let head: Buffer = Buffer.alloc(0);
  let isHeadCut = false;
  let budget = BURST_BYTES;
  let lastAt = 0;
  return {
    pass,
    lines: () => lines,
    head: () => `${head.toString()}${isHeadCut ? "…" : ""}`,
  };

  function pass(bytes: Uint8Array, now: number): void {
    const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const first = part.indexOf(NEWLINE);
    if (first < 0) {
      extendHead(part);
      return;
    }
    const last = part.lastIndexOf(NEWLINE);
    if (mayRead(part.length, now)) {
      extendHead(part.subarray(0, first));
      keepMatches(head);
      keepMatches(part.subarray(first + 1, last));
    }
    head = Buffer.alloc(0);
    isHeadCut = false;
    extendHead(part.subarray(last + 1));
  }

  function extendHead(part: Buffer): void {
    const room = LINE_BYTES - head.length;
    if (part.length > room) isHeadCut = true;
    if (part.length > 0 && room > 0) head = Buffer.concat([head, part.subarray(0, room)]);
  }

  function mayRead(amount: number, now: number): boolean {
    budget = Math.min(BURST_BYTES, budget + (now - lastAt) * BYTES_PER_MS);
    lastAt = now;
    if (budget < amount) return false;
    budget -= amount;
    return true;
  }

  /** Keeps the last lines with each of the needles, in their order. */
  function keepMatches(text: Buffer): void {
    const starts = new Set<number>();
    for (const needle of NEEDLES) {
      let before = text.length;
      for (let found = 0; found < PER_NEEDLE && before > 0; found++) {
        const at = text.lastIndexOf(needle, before - 1);
        if (at < 0) break;
        const start = text.lastIndexOf(NEWLINE, at) + 1;
        starts.add(start);
        before = start - 1;
      }
    }
    if (starts.size === 0) return;
    for (const start of [...starts].toSorted((a, b) => a - b)) {
      const newline = text.indexOf(NEWLINE, start);
      const end = newline < 0 ? text.length : newline;
      const line = text.toString("utf8", start, Math.min(end, start + LINE_BYTES));
      lines.push({ order: order.next++, text: line });
    }
    lines = lines.slice(-MOST_LINES);
  }
}
