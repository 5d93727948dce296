/** A place for the LOG that RocksDB writes while it has a new database open. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MEMORY = "/dev/shm";
/** More than the LOG of a new database grows to. */
const LOG_BYTES = 1 << 20;

/**
 * A new directory for the LOG alone: in memory where that has room, else below `fallback`, because
 * Debian's librocksdb aborts the process when it cannot write that file. Its name is random, so two
 * upgrades do not meet, and nothing that lies in a shared directory is followed or removed.
 * Throws as mkdir(2) fails.
 */
export function makeLogDirectory(fallback: string, memory = MEMORY): string {
  return tryIn(memory) ?? mkdtempSync(join(fallback, "log-"));
}

function tryIn(memory: string): string | undefined {
  let directory: string | undefined;
  try {
    directory = mkdtempSync(join(memory, "storageos-dbupgrade-"));
    const trial = join(directory, "trial");
    writeFileSync(trial, Buffer.alloc(LOG_BYTES));
    rmSync(trial);
    return directory;
  } catch {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    return undefined;
  }
}
