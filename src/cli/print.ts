import { writeSync } from "node:fs";

/** Writes a text to a file descriptor, whole. A reader that has gone (`| head`) is no error. */
export function print(fd: 1 | 2, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code !== "EAGAIN") return;
      Bun.sleepSync(5);
    }
  }
}
