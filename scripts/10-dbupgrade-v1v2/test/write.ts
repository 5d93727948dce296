/** Databases as a node leaves them, crashes included; write-main.ts writes them by RocksDB's C API. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Pair, v1Key } from "./database.ts";

const MAIN = join(import.meta.dir, "write-main.ts");

/**
 * Performs the operations of write-main.ts in a process of its own. With "crash" as the last one it
 * is killed, and what was not flushed is in the write-ahead log only. `options` is RocksDB's text.
 */
export function write(path: string, operations: readonly string[], options = ""): void {
  const { status, signal, stderr } = spawnSync(process.execPath, [MAIN, path, options], {
    input: operations.join("\n"),
    encoding: "utf8",
  });
  if (status !== 0 && signal !== "SIGKILL") throw new Error(`cannot write ${path}: ${stderr}`);
}

export function put(pair: Pair): string {
  return `put ${v1Key(pair)} ${pair.value}`;
}
