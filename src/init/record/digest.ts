import { closeSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 256 * 1024;

/** `sha256:…` of a file's content; undefined if it cannot be read. */
export function digestOf(path: string): string | undefined {
  try {
    const file = openSync(path, "r");
    try {
      const hasher = new Bun.CryptoHasher("sha256");
      const chunk = new Uint8Array(CHUNK_BYTES);
      for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
        hasher.update(chunk.subarray(0, length));
      }
      return `sha256:${hasher.digest("hex")}`;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
