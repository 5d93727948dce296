/**
 * The entries of a block (table/block_based/block_builder.cc): how many bytes of its key an entry
 * shares with the one before, how many more it has, the value's size, those bytes, the value. At the
 * block's end is an array of the entries that share nothing, and its length.
 */
import { createCursor } from "./cursor.ts";

/** Of the last four bytes; set if there is a hash index behind the array. */
const HAS_HASH_INDEX = 0x80000000;

/** Where the entries end, and how many share nothing; undefined if the block is broken. */
export function endOfEntries(
  block: Uint8Array,
): { readonly end: number; readonly restarts: number } | undefined {
  if (block.length < 4) return undefined;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const last = view.getUint32(block.length - 4, true);
  const restarts = (last & ~HAS_HASH_INDEX) >>> 0;
  let end = block.length - 4 - restarts * 4;
  if ((last & HAS_HASH_INDEX) !== 0) end -= 2 + view.getUint16(block.length - 6, true);
  return end < 0 ? undefined : { end, restarts };
}

/** Visits all entries of a block, small ones as they are at a table's end; false if it is broken. */
export function eachEntry(
  block: Uint8Array,
  visit: (key: Uint8Array, value: Uint8Array) => void,
): boolean {
  const bounds = endOfEntries(block);
  if (bounds === undefined) return false;
  const input = createCursor(block, 0, bounds.end);
  let key = new Uint8Array();
  while (!input.atEnd()) {
    const [shared, more, size] = [input.varint(), input.varint(), input.varint()];
    if (shared > key.length) return false;
    key = Uint8Array.from([...key.subarray(0, shared), ...input.take(more)]);
    const value = input.take(size);
    if (!input.overrun()) visit(key, value);
  }
  return !input.overrun();
}
