import { writeSync } from "node:fs";
import { codeOf } from "./text/error.ts";

/** Writes a text, or bytes as they are, to a file descriptor, whole. A reader that has gone (`| head`) is no error. */
export function print(fd: 1 | 2, text: string | Uint8Array): void {
  let rest: Uint8Array = typeof text === "string" ? Buffer.from(text) : text;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (codeOf(error) !== "EAGAIN") return;
      Bun.sleepSync(5);
    }
  }
}
