import { withoutEscapes } from "../../../lib/text/utf8.ts";

/** What a script printed on one stream, as it was read. */
export type Chunk = { readonly stream: "stdout" | "stderr"; readonly text: string };

/** What is left of a script's output when it ends. */
export type Printed = {
  /** Lines that looked like errors and are no longer in `reads`, oldest first. */
  readonly kept: readonly Chunk[];
  /** The last output, oldest first. What was read together has no order between the streams. */
  readonly reads: readonly (readonly Chunk[])[];
};

/** A line as a terminal would show it. */
export type Line = {
  /** Without its white space, colours, frame and what a carriage return has overwritten. */
  readonly text: string;
  /** Columns of white space before it. */
  readonly indent: number;
  readonly stream: Chunk["stream"];
  /** Lines of different streams with the same number have no order. */
  readonly read: number;
};

/** The read of lines that were kept one by one: their neighbours are not known. */
export const KEPT = -1;

/** More is not needed to recognise a line, and bounds the time that any pattern takes. */
const LINE_CHARS = 1_000;

/** How far back a stream is read: the tail that is kept is shorter. */
const STREAM_CHARS = 8_192;
const MOST_LINES = 200;

/**
 * The last lines of both streams, oldest first, empty ones left out. Lines of one read come in a fixed
 * order, stdout before stderr, so that nothing depends on which pipe was read first.
 */
export function linesOf({ kept, reads }: Printed): readonly Line[] {
  const before = kept.flatMap(({ stream, text }) => readLine(text, stream, KEPT));
  const last = [...linesIn("stdout", reads), ...linesIn("stderr", reads)];
  // A stable sort: within a read stdout stays before stderr.
  return [...before, ...last.toSorted((a, b) => a.read - b.read)];
}

function linesIn(stream: Chunk["stream"], reads: Printed["reads"]): readonly Line[] {
  // The read in which each character came, by where the reads end.
  const ends: number[] = [];
  let text = "";
  for (const read of reads) {
    for (const chunk of read) if (chunk.stream === stream) text += chunk.text;
    ends.push(text.length);
  }
  const lines: Line[] = [];
  let read = ends.length - 1;
  let left = MOST_LINES;
  for (let end = text.length; end > 0 && left > 0 && end > text.length - STREAM_CHARS; left--) {
    const start = startOfLine(text, end);
    while (read > 0 && (ends[read - 1] ?? 0) >= end) read--;
    lines.push(...readLine(bounded(text.slice(start, end)), stream, read));
    end = start - 1;
  }
  return lines.toReversed();
}

const WINDOW_CHARS = 4_096;

/** Where the line that ends at `end` starts. Searching forwards is many times faster than backwards. */
function startOfLine(text: string, end: number): number {
  for (let to = end; to > 0; to -= WINDOW_CHARS) {
    const window = text.slice(Math.max(0, to - WINDOW_CHARS), to);
    if (window.includes("\n")) return to - window.length + window.lastIndexOf("\n") + 1;
  }
  return 0;
}

/** The beginning of an overlong line, or its end if that overwrites the beginning. */
function bounded(raw: string): string {
  if (raw.length <= WINDOW_CHARS) return raw;
  const end = raw.slice(-WINDOW_CHARS);
  return end.trimEnd().includes("\r") ? end : raw.slice(0, WINDOW_CHARS);
}

function readLine(raw: string, stream: Chunk["stream"], read: number): readonly Line[] {
  const shown = shownOf(raw).slice(0, LINE_CHARS);
  const plain = UNPRINTABLE.test(shown) ? printable(shown) : shown;
  const body = withoutFrame(plain.trimEnd()).replace(METER, "");
  const text = body.trimStart();
  if (text === "") return [];
  const indent = body.length - text.length;
  return [{ text: text.replaceAll(/ {2,}/g, " "), indent, stream, read }];
}

/** curl prints its error behind the meter, on the same line. */
const METER = /^[\s\d.:kMG-]*--:--:-- +\d+[kMG]?(?=[^\d\s])/;

const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

function printable(text: string): string {
  return withoutEscapes(text.replaceAll("\t", "        "))
    .slice(0, LINE_CHARS)
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ");
}

/** A terminal shows what follows the last carriage return that has something behind it. */
function shownOf(raw: string): string {
  let end = raw.length;
  while (end > 0 && (raw[end - 1] === "\r" || raw[end - 1] === " ")) end--;
  return raw.slice(raw.lastIndexOf("\r", end - 1) + 1, end);
}

const FRAMES = "#*=|!│║┃╷╵";

/** Frames around text: `#  ERROR: x  #`, `*** x ***`, `│ Error: x`. */
function withoutFrame(line: string): string {
  const mark = line.trimStart()[0] ?? "";
  if (mark === "" || !FRAMES.includes(mark)) return line;
  let start = line.indexOf(mark);
  while (line[start] === mark) start++;
  if (line[start] !== " ") return line;
  let end = line.length;
  while (end > start && line[end - 1] === mark) end--;
  return line.slice(start, end).trimEnd();
}
