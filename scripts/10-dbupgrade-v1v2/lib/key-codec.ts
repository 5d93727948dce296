/**
 * The format of the metadata keys, and nothing else knows it.
 *
 * Public is only that v2 "reorders metadata keys so that the volume inode is in the most
 * significant bits, followed by the offset". The widths, the byte order and that v1 has the two
 * the other way round are this project's declared reading; a database that does not fit is refused.
 *
 *   v1: offset (u64, big-endian), inode (u64, big-endian)
 *   v2: inode (u64, big-endian), offset (u64, big-endian)
 */
export type Format = "v1" | "v2";

export const KEY_BYTES = 16;

/** Where the parts of a key begin, counted in 32-bit words, for the loops that move whole words. */
export const V1_OFFSET_WORD = 0;
export const V1_INODE_WORD = 2;
export const V2_INODE_WORD = 0;
export const V2_OFFSET_WORD = 2;

export type Key = { readonly inode: bigint; readonly offset: bigint };

const INODE_WORD = { v1: V1_INODE_WORD, v2: V2_INODE_WORD } as const;
const OFFSET_WORD = { v1: V1_OFFSET_WORD, v2: V2_OFFSET_WORD } as const;

export function encodeKey(key: Key, format: Format): Uint8Array {
  const bytes = new Uint8Array(KEY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(INODE_WORD[format] * 4, key.inode);
  view.setBigUint64(OFFSET_WORD[format] * 4, key.offset);
  return bytes;
}

/** Undefined if the key has not the width that both formats have. */
export function decodeKey(bytes: Uint8Array, format: Format): Key | undefined {
  if (bytes.length !== KEY_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    inode: view.getBigUint64(INODE_WORD[format] * 4),
    offset: view.getBigUint64(OFFSET_WORD[format] * 4),
  };
}

/** The two words of an inode as they lie in a key, loaded by this (little-endian) machine. */
export function inodeWords(inode: bigint): { readonly high: number; readonly low: number } {
  return {
    high: swapBytes(Number(inode >> 32n)) | 0,
    low: swapBytes(Number(inode & 0xffffffffn)) | 0,
  };
}

export function inodeOfWords(high: number, low: number): bigint {
  return (BigInt(swapBytes(high)) << 32n) | BigInt(swapBytes(low));
}

/** Orders inodes, given as the words of their keys, as RocksDB orders the keys. */
export function compareInodeWords(high: number, low: number, high2: number, low2: number): number {
  return high === high2 ? swapBytes(low) - swapBytes(low2) : swapBytes(high) - swapBytes(high2);
}

function swapBytes(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
