import { objectOf, parseObject, rawAt, type Json } from "./untrusted.ts";

/** Called as a stream of JSON documents is read. */
export type DocumentReader = {
  /**
   * One element of a document's "items", if it is an object or an array.
   * @param value undefined if it is not JSON; an empty object if it is JSON and not an object
   * @param listKind the document's "kind", if that comes before its items
   */
  readonly item: (value: Json | undefined, listKind: string | undefined) => void;
  /** The end of a document: all of it but its items; undefined if it is not JSON. */
  readonly end: (value: Json | undefined) => void;
};

export type DocumentSplitter = {
  readonly push: (bytes: Uint8Array) => void;
  /** To be called at the end. Why the stream may not end here; undefined if it may. */
  readonly finish: () => string | undefined;
};

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const SPACE = 0x20;

/** How far before a bracket its key is looked for. */
const KEY_BYTES = 64;

/** How much of an element is taken to recognize the beginning of the next one. */
const BEGINNING_BYTES = 12;

/** More than an object of the API can have: an element that seems longer is scanned. */
const MOST_GUESSED_BYTES = 4 << 20;

/** So many wrong guesses at the end of one element are enough. */
const MOST_GUESSES = 8;

/** After so many elements without a right guess, the rest of the document is scanned. */
const MOST_MISSES = 4;

/**
 * Cuts a stream of JSON documents, one after the other, at the elements of each one's "items", so
 * that a list of any length is read in the memory of one element.
 *
 * Where an element ends is guessed first: elements of a list begin alike, so its end is before the
 * next such beginning. JSON.parse proves the guess, since no proper prefix of an object is an object.
 * Where that fails, all quotes and brackets are scanned.
 */
export function createDocumentSplitter(reader: DocumentReader): DocumentSplitter {
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let inItems = false;
  let listKind: string | undefined;
  let documents = 0;
  let hasStray = false;
  /** What is kept of earlier chunks: of the element, and of the document around the elements. */
  let element: Buffer[] = [];
  let shell: Buffer[] = [];
  /** An element whose end has not come yet, and what follows it: guessed at when more has come. */
  let pending: Buffer | undefined;
  let guessFrom = 0;
  /** What is between two elements: nothing, or a line's end and its indentation. */
  let gap: Buffer = Buffer.alloc(0);
  let misses = 0;

  return { push, finish };

  function push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (pending === undefined) return read(chunk, true);
    const whole = Buffer.concat([pending, chunk]);
    pending = undefined;
    read(whole, true);
  }

  function finish(): string | undefined {
    const rest = pending;
    pending = undefined;
    if (rest !== undefined) read(rest, false);
    if (documents === 0 && depth === 0) return hasStray ? "it is not JSON" : "it is empty";
    if (hasStray) return "it is not JSON throughout";
    return depth > 0 || inString ? "it ends in the middle of a document" : undefined;
  }

  function read(chunk: Buffer, mayGuess: boolean): void {
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
        if (mayGuess && misses < MOST_MISSES && inItems && depth === 2 && byte === OPEN_BRACE) {
          const guessed = guess(chunk, at);
          if (guessed === "wait") return;
          misses = guessed === undefined ? misses + 1 : 0;
          if (guessed !== undefined) {
            at = guessed - 1;
            continue;
          }
        }
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

  /** Where the element that begins here ends; "wait" if more has to come; undefined if it is to be scanned. */
  function guess(chunk: Buffer, at: number): number | "wait" | undefined {
    let space = at;
    while (space > 0 && (chunk[space - 1] ?? 0) <= SPACE) space--;
    // The gap may have been in the chunk before; then the one that was seen last is taken.
    const before = chunk[space - 1];
    if (before === COMMA || before === OPEN_BRACKET) gap = keep(chunk, space, at);
    const beginning = chunk.subarray(at, at + BEGINNING_BYTES);
    const next = Buffer.concat([Buffer.from("},"), gap, beginning]);
    let from = Math.max(at, guessFrom);
    guessFrom = 0;
    for (let guesses = 0; guesses < MOST_GUESSES; guesses++) {
      const found = chunk.indexOf(next, from);
      if (found < 0) {
        if (chunk.length - at > MOST_GUESSED_BYTES) return undefined;
        pending = keep(chunk, at);
        guessFrom = Math.max(0, chunk.length - at - next.length);
        return "wait";
      }
      const value = parseObject(chunk.toString("utf8", at, found + 1));
      if (value !== undefined) {
        reader.item(value, listKind);
        return found + 1;
      }
      from = found + 1;
    }
    return undefined;
  }

  /** Returns where the piece that is now kept begins. */
  function open(chunk: Buffer, start: number, at: number, byte: number): number {
    depth++;
    if (depth === 1 || (depth === 3 && inItems)) return at;
    if (depth === 2 && byte === OPEN_BRACKET && isItems(chunk, start, at)) {
      inItems = true;
      misses = 0;
      shell.push(keep(chunk, start, at + 1));
      listKind = rawAt(parseObject(`${Buffer.concat(shell).toString()}]}`), "kind");
    }
    return start;
  }

  function close(chunk: Buffer, start: number, at: number): number {
    depth--;
    if (inItems && depth === 2) {
      reader.item(parse(textOf(element, chunk, start, at + 1)), listKind);
      element = [];
    } else if (inItems && depth === 1) {
      inItems = false;
      return at;
    } else if (depth <= 0) {
      hasStray ||= depth < 0;
      depth = 0;
      documents++;
      reader.end(parse(textOf(shell, chunk, start, at + 1)));
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
}

/** undefined if the text is not JSON; an empty object if it is JSON and not an object. */
function parse(json: string): Json | undefined {
  try {
    return objectOf(JSON.parse(json)) ?? {};
  } catch {
    return undefined;
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
