/** The block data beside the databases: `dev[N]/vol.<inode>.<n>.blob` in the data directory. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type InodeIndex, createInodeIndex } from "./inode-index.ts";
import { inodeWords } from "./key-codec.ts";

const DEVICE_DIRECTORY = /^dev\d*$/;
const BLOB = /^vol\.(\d{1,20})\.\d+\.blob$/;

/** The inodes that have block data in any `dev` directory; empty if there is none at all. */
export function inodesWithBlobs(dataDirectory: string): InodeIndex {
  const inodes = createInodeIndex();
  for (const entry of readdirSync(dataDirectory)) {
    if (!DEVICE_DIRECTORY.test(entry)) continue;
    for (const name of readdirSync(join(dataDirectory, entry))) {
      const inode = BLOB.exec(name)?.[1];
      if (inode === undefined) continue;
      const { high, low } = inodeWords(BigInt.asUintN(64, BigInt(inode)));
      inodes.findOrAdd(high, low);
    }
  }
  return inodes;
}
