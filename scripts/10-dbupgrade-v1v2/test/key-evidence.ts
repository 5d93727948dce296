/** What keys would show, without a database that holds them. */
import { createInodeIndex } from "../lib/inode-index.ts";
import { KEY_BYTES, inodeWords } from "../lib/key-codec.ts";
import { type KeyEvidence, createKeyWitness } from "../lib/look/key-evidence.ts";

/** All of a database's keys in any order, and the inodes that have a blob. */
export function keyEvidenceOf(keys: Iterable<Uint8Array>, blobs: readonly bigint[]): KeyEvidence {
  const index = createInodeIndex();
  for (const { high, low } of blobs.map(inodeWords)) index.findOrAdd(high, low);
  const witness = createKeyWitness(index);
  for (const key of keys) {
    if (key.length !== KEY_BYTES) return witness.total(true, key);
    const [a = 0, b = 0, c = 0, d = 0] = new Int32Array(key.slice().buffer);
    witness.add(a, b, c, d);
  }
  return witness.total(true);
}
