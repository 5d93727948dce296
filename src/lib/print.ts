import { writeSync } from "node:fs";
import { codeOf } from "./text/error.ts";

/**
 * Writes a text, or bytes as they are, to a file descriptor, whole. A reader that has gone (`| head`)
 * is no error.
 * @returns the system's name of the error (`ENOSPC`); undefined if all was written
 */
export function print(fd: 1 | 2, text: string | Uint8Array): string | undefined {
  let rest: Uint8Array = typeof text === "string" ? Buffer.from(text) : text;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = codeOf(error);
      if (code === "EPIPE") return undefined;
      if (code !== "EAGAIN") return code;
      Bun.sleepSync(5);
    }
  }
  return undefined;
}
