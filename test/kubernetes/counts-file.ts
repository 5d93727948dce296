import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CountsFile } from "../../src/init/kubernetes/event-counts.ts";

/** events.json in a directory, without the helper process of a run. */
export function countsFileIn(directory: string): CountsFile {
  const path = join(directory, "events.json");
  return {
    read: async () => attempt(() => readFileSync(path, "utf8")),
    write: (text) => attempt(() => writeFileSync(path, text)),
  };
}

function attempt<Value>(call: () => Value): Value | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
