/** One physical record of a write-ahead log or MANIFEST; see log-file.ts. */
import { crc32c, unmask } from "./crc32c.ts";

export const LOG_BLOCK_BYTES = 32768;
export const LOG_HEADER_BYTES = 7;
const RECYCLED_HEADER_BYTES = 11;

/** Types 5 to 8 are 1 to 4 in a recycled file. */
const RECYCLED = 4;
const SET_COMPRESSION = 9;

export type Part = "full" | "first" | "middle" | "last";
const PARTS: readonly Part[] = ["full", "first", "middle", "last"];

export type Physical =
  | { readonly kind: "part"; readonly part: Part; readonly start: number; readonly end: number }
  /** The rest of the block holds none. */
  | { readonly kind: "filler" }
  /** Of the log that had the file before it was recycled. */
  | { readonly kind: "stale" }
  /** Sound, but of a type that this program does not know. */
  | { readonly kind: "unknown"; readonly what: string }
  /** What an interrupted writer leaves. */
  | { readonly kind: "unfinished" }
  /** `ours`: by its header it is this log's, so it is not what an older log left in the file. */
  | { readonly kind: "broken"; readonly why: string; readonly ours: boolean };

/** The record at `at` of a block, of which the file holds `filled` bytes; at least a header's. */
export function physicalAt(
  block: Uint8Array,
  at: number,
  filled: number,
  logNumber: number,
): Physical {
  const view = new DataView(block.buffer, block.byteOffset);
  const type = block[at + 6] as number;
  const length = view.getUint16(at + 4, true);
  if (type === 0 && length === 0) return zeros(block, at, filled);
  const recycled = isRecycled(type);
  const start = at + headerBytes(type);
  const end = start + length;
  const fits = end <= filled;
  const sound = fits && crc32c(block, at + 6, end) === unmask(view.getUint32(at, true));
  const older = recycled && start <= filled && view.getUint32(at + 7, true) !== logNumber % 2 ** 32;
  if (older && sound) return { kind: "stale" };
  if (!sound && hasDamagedHeader(block, at, filled, logNumber))
    return { kind: "broken", why: "has a damaged header", ours: true };
  if (!fits && filled < LOG_BLOCK_BYTES) return { kind: "unfinished" };
  const ours = recycled && !older;
  if (!fits) return { kind: "broken", why: "has a wrong length", ours };
  if (!sound) return { kind: "broken", why: "has a wrong checksum", ours };
  if (type === SET_COMPRESSION) return { kind: "unknown", what: "compressed records" };
  const part = PARTS[recycled ? type - RECYCLED - 1 : type - 1];
  if (part === undefined) return { kind: "unknown", what: `records of type ${type}` };
  return { kind: "part", part, start, end };
}

/** Whether a whole record of this log is there. */
export function isSoundAt(
  block: Uint8Array,
  at: number,
  filled: number,
  log: { readonly number: number; readonly recycled: boolean },
): boolean {
  const type = block[at + 6] as number;
  if (type === 0 || type > 2 * RECYCLED || isRecycled(type) !== log.recycled) return false;
  const view = new DataView(block.buffer, block.byteOffset);
  const end = at + headerBytes(type) + view.getUint16(at + 4, true);
  if (end > filled) return false;
  if (log.recycled && view.getUint32(at + 7, true) !== log.number % 2 ** 32) return false;
  return crc32c(block, at + 6, end) === unmask(view.getUint32(at, true));
}

export function isRecycled(type: number): boolean {
  return type > RECYCLED && type <= 2 * RECYCLED;
}

function headerBytes(type: number): number {
  return isRecycled(type) ? RECYCLED_HEADER_BYTES : LOG_HEADER_BYTES;
}

/** Fewer zero bytes than a header fill a block up; more are space that was reserved for records. */
function zeros(block: Uint8Array, at: number, filled: number): Physical {
  for (let index = at; index < filled; index++)
    if (block[index] !== 0) return { kind: "broken", why: "has no header", ours: false };
  if (filled === LOG_BLOCK_BYTES && filled - at < RECYCLED_HEADER_BYTES) return { kind: "filler" };
  return { kind: "unfinished" };
}

/**
 * Whether it is a whole record of this log but for one field of its header: the checksum covers the
 * type, the log's number and the data, and not the length. Such a one must not pass for an
 * unfinished or an older one.
 */
function hasDamagedHeader(
  block: Uint8Array,
  at: number,
  filled: number,
  logNumber: number,
): boolean {
  const view = new DataView(block.buffer, block.byteOffset);
  const stored = unmask(view.getUint32(at, true));
  const storedType = block[at + 6] as number;
  const copy = block.slice(at, filled);
  const matches = (type: number, end: number) => {
    if (end > copy.length) return false;
    copy[6] = type;
    return crc32c(copy, 6, end) === stored;
  };
  for (let type = 1; type <= 2 * RECYCLED; type++)
    if (type !== storedType && matches(type, headerBytes(type) + view.getUint16(at + 4, true)))
      return true;
  if (filled < LOG_BLOCK_BYTES && matches(storedType, copy.length)) return true;
  if (!isRecycled(storedType) || copy.length < RECYCLED_HEADER_BYTES) return false;
  new DataView(copy.buffer).setUint32(7, logNumber % 2 ** 32, true);
  return matches(storedType, RECYCLED_HEADER_BYTES + view.getUint16(at + 4, true));
}
