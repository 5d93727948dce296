// A byte order mark is a character like others, or a cut text would not be its prefix.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** The longest prefix of `text` that is at most `limit` bytes of UTF-8 and ends on a whole character. */
export function cutUtf8(text: string, limit: number): string {
  const bytes = encoder.encode(text);
  if (bytes.length <= limit) return text;
  let end = Math.max(0, limit);
  while (end > 0 && isContinuation(bytes[end])) end--;
  return decoder.decode(bytes.subarray(0, end));
}

/** As cutUtf8, with `…` in the place of what was cut. */
export function shortenUtf8(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  return `${cutUtf8(text, limit - Buffer.byteLength("…"))}…`;
}

/** Bytes as text: invalid UTF-8 becomes U+FFFD, a character cut off at the beginning is left out. */
export function decodeTail(bytes: Uint8Array): string {
  let start = 0;
  while (start < 3 && start < bytes.length && isContinuation(bytes[start])) start++;
  return decoder.decode(bytes.subarray(start));
}

/** One line for a person: control characters and terminal escapes out, white space folded. */
export function plainLine(text: string): string {
  return withoutEscapes(text)
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .replaceAll(/ {2,}/g, " ")
    .trim();
}

/**
 * ECMA-48 control sequences (colours, cursor moves) and operating system commands (titles, links) removed.
 * Complete ones only: Bun.stripANSI takes one without an end for all that follows.
 */
export function withoutEscapes(text: string): string {
  return text
    .replaceAll(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, "")
    .replaceAll(/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g, "");
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
