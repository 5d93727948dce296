/** Told as a stream of JSON documents is read. */
export type DocumentReader = {
  /** One element of a document's "items", if it is an object or an array. */
  readonly item: (json: string) => void;
  /** The end of a document: all of it but its items. */
  readonly end: (json: string) => void;
};

export type DocumentSplitter = {
  readonly push: (bytes: Uint8Array) => void;
  /** Why the stream may not end here; undefined if it may. */
  readonly fault: () => string | undefined;
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const SPACE = 0x20;

/** How far before a bracket its key is looked for. */
const KEY_BYTES = 64;

/**
 * Cuts a stream of JSON documents, one after the other, at the elements of each one's "items", so
 * that a list of any length is read in the memory of one element. It only finds the cuts: whether a
 * piece is JSON shows when it is parsed.
 */
export function createDocumentSplitter(reader: DocumentReader): DocumentSplitter {
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let inItems = false;
  let documents = 0;
  let hasStray = false;
  /** What is kept of earlier chunks: of the element, and of the document around the elements. */
  let element: Buffer[] = [];
  let shell: Buffer[] = [];

  return { push, fault };

  function push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    /** Where the piece that is being kept begins in this chunk. */
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        start = open(chunk, start, at, byte);
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        start = close(chunk, start, at);
      } else if (depth === 0 && byte > SPACE) {
        hasStray = true;
      }
    }
    if (inItems) {
      if (depth > 2) element.push(keep(chunk, start));
    } else if (depth > 0) {
      shell.push(keep(chunk, start));
    }
  }

  /** Returns where the piece that is now kept begins. */
  function open(chunk: Buffer, start: number, at: number, byte: number): number {
    depth++;
    if (depth === 1 || (depth === 3 && inItems)) return at;
    if (depth === 2 && byte === OPEN_BRACKET && isItems(chunk, start, at)) {
      inItems = true;
      shell.push(keep(chunk, start, at + 1));
    }
    return start;
  }

  function close(chunk: Buffer, start: number, at: number): number {
    depth--;
    if (inItems && depth === 2) {
      reader.item(textOf(element, chunk, start, at + 1));
      element = [];
    } else if (inItems && depth === 1) {
      inItems = false;
      return at;
    } else if (depth <= 0) {
      hasStray ||= depth < 0;
      depth = 0;
      documents++;
      reader.end(textOf(shell, chunk, start, at + 1));
      shell = [];
      return at + 1;
    }
    return start;
  }

  function isItems(chunk: Buffer, start: number, at: number): boolean {
    let before = chunk.toString("latin1", Math.max(start, at - KEY_BYTES), at);
    for (let piece = shell.length - 1; piece >= 0 && before.length < KEY_BYTES; piece--) {
      before = `${shell[piece]?.subarray(-KEY_BYTES).toString("latin1") ?? ""}${before}`;
    }
    return /"items"\s*:\s*$/.test(before);
  }

  function fault(): string | undefined {
    if (documents === 0 && depth === 0) return hasStray ? "it is not JSON" : "it is empty";
    if (hasStray) return "it is not JSON throughout";
    return depth > 0 || inString ? "it ends in the middle of a document" : undefined;
  }
}

/** A copy: the chunk's memory is not ours. */
function keep(chunk: Buffer, start: number, end = chunk.length): Buffer {
  return Buffer.from(chunk.subarray(start, end));
}

function textOf(kept: readonly Buffer[], chunk: Buffer, start: number, end: number): string {
  if (kept.length === 0) return chunk.toString("utf8", start, end);
  return Buffer.concat([...kept, chunk.subarray(start, end)]).toString();
}
