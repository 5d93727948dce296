import { closeSync, fsyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { syncDirectory } from "../../../src/lib/linux/durable-file.ts";
import { dropFromCache } from "./libc.ts";

/**
 * Makes a directory of plain files last through a power cut, and lets go of the files' cached pages,
 * so that what is read next comes from the disk. Throws as fsync(2) fails.
 */
export function syncTree(directory: string): void {
  for (const name of readdirSync(directory)) {
    const fd = openSync(join(directory, name), "r");
    try {
      fsyncSync(fd);
      dropFromCache(fd);
    } finally {
      closeSync(fd);
    }
  }
  syncDirectory(directory);
}
