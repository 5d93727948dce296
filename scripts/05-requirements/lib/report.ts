import { basename } from "node:path";
import { failOf, say, warnOf } from "../../../src/lib/script-result.ts";
import type { Finding, Need } from "../../../src/lib/linux/checks/finding.ts";
import { type Environment, readList } from "./settings.ts";

/**
 * Reports what a check found and ends it: status 1 for a failure, else 0. STORAGEOS_WARN_ONLY names
 * checks or codes (`ports`, `PortInUse`, or `all`) whose failures only warn: a way out for a node
 * that is known to work.
 */
export function report(finding: Finding, env: Environment): void {
  if (finding.verdict === "met") return say(finding.what);
  const fails = finding.unmet.filter(
    (need) => need.verdict === "failure" && !mayOnlyWarn(need, env),
  );
  for (const need of finding.unmet) if (!fails.includes(need)) warnOf(need.failure);
  if (fails.length > 0) failOf(fails.map((need) => need.failure));
}

/** The same for a check whose header says `on-failure=warn`: status 1 for anything unmet. */
export function reportAsWarning(finding: Finding): void {
  if (finding.verdict === "met") return say(finding.what);
  failOf(finding.unmet.map((need) => need.failure));
}

function mayOnlyWarn({ failure }: Need, env: Environment): boolean {
  const named = readList(env, "STORAGEOS_WARN_ONLY", "");
  const own = basename(env["SCRIPT_NAME"] ?? "", ".ts");
  return ["all", own, failure.code].some((name) => named.includes(name));
}
