import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contender } from "./measure.ts";

export const INIT = join(import.meta.dir, "../dist/init");
export const BUN = join(import.meta.dir, "../node_modules/.bin/bun");

/** The program over a directory of scripts, with nothing that belongs to a cluster or a node. */
export function initOver(directory: string, ...flags: readonly string[]): Contender {
  const alone = ["--state-dir=/proc/none/state", "--events=off"];
  return { name: "init", command: [INIT, "run", `-scripts=${directory}`, ...alone, ...flags] };
}

/**
 * Runs `use` with a directory of equal scripts, and removes it. Their names, 0001 and so on, are
 * such as run-parts takes.
 */
export async function withScripts<Value>(
  count: number,
  text: string,
  use: (directory: string) => Value | Promise<Value>,
): Promise<Value> {
  const directory = mkdtempSync(join(tmpdir(), "init-bench-"));
  try {
    for (let number = 1; number <= count; number += 1) {
      const path = join(directory, String(number).padStart(4, "0"));
      writeFileSync(path, text, { mode: 0o755 });
    }
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
