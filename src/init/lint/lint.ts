import type { Environment } from "../../lib/environment.ts";
import { EXIT } from "../../lib/exit-status.ts";
import type { Failure } from "../../lib/failure/failure.ts";
import { print } from "../../lib/print.ts";
import { count, joinSentences, showName } from "../../lib/text/show.ts";
import type { Config } from "../config.ts";
import { listIgnored } from "../discover/data.ts";
import { findHost } from "../host.ts";
import { remarkOnTimeouts } from "../plan/timeout.ts";
import { findScripts } from "../prepare.ts";
import { adviseOn } from "./advise.ts";

/** What lint takes. */
export type LintConfig = Pick<Config, "scripts" | "timeoutMs">;

/** `init lint`: every problem of a scripts directory, with file and line; returns the exit status. */
export function lint({ scripts: directory, timeoutMs }: LintConfig, env: Environment): number {
  const found = findScripts(directory, findHost(env, showNow).env.PATH);
  if (!found.ok) {
    const { problems, failure } = found.error;
    for (const problem of problems.length === 0 ? [failure] : problems)
      showNow(sentenceOf(problem));
    return EXIT.cannot;
  }
  const { scripts, skipped, remarks } = found.value;
  const advice = adviseOn(scripts).map(({ place, cause, fix }) =>
    joinSentences(`warning: ${place}: ${cause}`, fix),
  );
  const warnings = [...remarks, ...advice];
  warnings.forEach(showNow);
  const problems = warnings.length === 0 ? "no problems" : count(warnings.length, "warning");
  print(1, `${showName(directory)}: ${count(scripts.length, "script")}, ${problems}\n`);
  const notes = [listIgnored(skipped), remarkOnTimeouts(scripts, timeoutMs)];
  for (const note of notes) if (note !== undefined) print(1, `${note}\n`);
  return EXIT.success;
}

function sentenceOf({ cause, fix }: Failure): string {
  return joinSentences(cause, fix);
}

function showNow(text: string): void {
  print(2, `${text}\n`);
}
