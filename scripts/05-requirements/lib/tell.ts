import { basename } from "node:path";
import { failWith, say, warnWith } from "../../../src/lib/script-result.ts";
import type { Finding } from "./finding.ts";
import { type Environment, readList } from "./settings.ts";

/**
 * Tells a person what a check found, in one line, and ends it: status 1 for a failure, else 0.
 * STORAGEOS_WARN_ONLY names checks (`ports,etcd`, or `all`) whose failures shall only warn: a way out
 * for a node that is known to work.
 */
export function tell(finding: Finding, env: Environment): void {
  switch (finding.verdict) {
    case "met":
      return say(finding.what);
    case "warning":
      return warnWith(finding.cause, finding.fix);
    case "failure":
      if (mayOnlyWarn(env)) return warnWith(finding.cause, finding.fix);
      return failWith(finding.cause, finding.fix);
  }
}

/** The same for a check whose header says `on-failure=warn`: status 1 for anything unmet. */
export function tellAsWarning(finding: Finding): void {
  if (finding.verdict === "met") return say(finding.what);
  return failWith(finding.cause, finding.fix);
}

function mayOnlyWarn(env: Environment): boolean {
  const named = readList(env, "STORAGEOS_WARN_ONLY", "");
  const own = basename(env["SCRIPT_NAME"] ?? "", ".ts");
  return named.includes("all") || named.includes(own);
}
