import { readFileSync } from "node:fs";
import { runInit, type Ended } from "../run-init.ts";
import { temporaryDirectory } from "../temporary.ts";

export const IMAGE = "storageos/node:1.4.0";

export function makeStateDir(): string {
  return `${temporaryDirectory("host")}/init`;
}

export function prepare(
  scripts: string,
  stateDir: string,
  ...flags: readonly string[]
): Promise<Ended> {
  return runInit([
    `-scripts=${scripts}`,
    `--state-dir=${stateDir}`,
    `-nodeImage=${IMAGE}`,
    ...flags,
  ]);
}

export type Line = Readonly<Record<string, unknown>>;

export function recordOf(stateDir: string): readonly Line[] {
  const lines = readFileSync(`${stateDir}/record.jsonl`, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Line);
}

export function storyOf(stateDir: string): readonly string[] {
  return recordOf(stateDir).map(({ type, script, outcome }) =>
    [type, script, outcome].filter(Boolean).join(" "),
  );
}
