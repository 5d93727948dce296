/** The block data beside the databases: `dev[N]/vol.<inode>.<n>.blob` in the data directory. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const DEVICE_DIRECTORY = /^dev\d*$/;
const BLOB = /^vol\.(\d{1,20})\.\d+\.blob$/;
const LARGEST_INODE = 2n ** 64n - 1n;

/**
 * The inodes that have block data in any `dev` directory, in ascending order; empty if there is none
 * at all. Throws as readdir(2) fails: what cannot be listed may hold any of them.
 */
export function inodesWithBlobs(dataDirectory: string): bigint[] {
  const inodes = new Set<bigint>();
  for (const entry of readdirSync(dataDirectory)) {
    if (!DEVICE_DIRECTORY.test(entry)) continue;
    for (const name of readdirSync(join(dataDirectory, entry))) {
      const inode = BigInt(BLOB.exec(name)?.[1] ?? -1);
      if (inode >= 0n && inode <= LARGEST_INODE) inodes.add(inode);
    }
  }
  return [...inodes].toSorted((a, b) => (a < b ? -1 : 1));
}
