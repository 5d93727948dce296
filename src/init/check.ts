import { writeSync } from "node:fs";
import type { Environment } from "../lib/environment.ts";
import { failOf, say } from "../lib/script-result.ts";
import { thisHost } from "../lib/linux/host.ts";
import { check, type CheckOptions } from "../lib/linux/checks/check.ts";

const STDERR = 2;

/**
 * Runs a check for a script: prints a line for each thing that is there; reports all others as the
 * bundled scripts do, and ends the process with status 1.
 * @returns whether the words could be understood
 */
export function runCheck(
  kind: string,
  words: readonly string[],
  flags: Omit<CheckOptions, "host" | "searchPath">,
  env: Environment,
): "met" | "usage" {
  const host = thisHost(env["HOST_ROOT"] || "/");
  const checked = check(kind, words, { ...flags, host, searchPath: env["PATH"] ?? "" });
  const failures = checked.flatMap((one) => (one.ok || "usage" in one.error ? [] : [one.error]));
  for (const one of checked) {
    if (one.ok) say(one.value);
    else if ("usage" in one.error) {
      writeSync(STDERR, `init: cannot check ${kind}: ${one.error.usage}\n`);
      return "usage";
    }
  }
  if (failures.length > 0) failOf(failures);
  return "met";
}
