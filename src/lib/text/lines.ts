/** Cuts a stream of bytes into lines. */
export type LineSplitter = {
  /** The lines that these bytes complete, each with its newline. */
  readonly push: (bytes: Uint8Array) => readonly Buffer[];
  /** What is left without a newline; the splitter is empty afterwards. */
  readonly end: () => readonly Buffer[];
};

/** A longer line comes in pieces, so that memory stays flat. */
const LONGEST_LINE_BYTES = 16 * 1024;

const NEWLINE = 0x0a;

export function createLineSplitter(): LineSplitter {
  let rest = Buffer.alloc(0);
  return {
    push(bytes) {
      const lines: Buffer[] = [];
      let waiting = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
      for (let end = cutOf(waiting); end > 0; end = cutOf(waiting)) {
        lines.push(waiting.subarray(0, end));
        waiting = waiting.subarray(end);
      }
      rest = Buffer.from(waiting);
      return lines;
    },
    end() {
      const last = rest;
      rest = Buffer.alloc(0);
      return last.length === 0 ? [] : [last];
    },
  };
}

/** Where the first line of `bytes` ends; 0 if more has to come. */
function cutOf(bytes: Buffer): number {
  const newline = bytes.indexOf(NEWLINE);
  if (newline >= 0 && newline < LONGEST_LINE_BYTES) return newline + 1;
  if (bytes.length < LONGEST_LINE_BYTES) return 0;
  return wholeCharacters(bytes, LONGEST_LINE_BYTES);
}

/** A cut at or before `end` that does not divide a UTF-8 character. */
function wholeCharacters(bytes: Buffer, end: number): number {
  let cut = end;
  while (cut > end - 4 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--;
  return ((bytes[cut] ?? 0) & 0xc0) === 0x80 ? end : cut;
}
