import { describeProblem } from "../report/wording.ts";
import { readRecord } from "../record/record.ts";
import { discover } from "../scripts/discover.ts";
import { count, showName } from "../text/show.ts";
import { describePlan } from "./describe-plan.ts";
import type { Config } from "./flags.ts";
import type { Environment } from "./parse.ts";
import { findScripts, prepare, type Refusal } from "./prepare.ts";
import { searchPathOfScripts } from "./search-path.ts";

/** What a command that changes nothing says: on stdout, and on stderr what is wrong. */
export type Look = { readonly text: string; readonly problems: readonly string[] };

/** `init plan`: what would run, in order, and why something would not. */
export function plan(scriptsDir: string, config: Config, env: Environment): Look {
  const found = findScripts(scriptsDir, searchPathOfScripts(env["PATH"]));
  if (!found.ok) return refuse(found.error);
  const prepared = prepare(found.value.scripts, config, readRecord(config.stateDir));
  if (!prepared.ok) return refuse(prepared.error);
  return {
    text: describePlan(scriptsDir, prepared.value, found.value.skipped, config),
    problems: [],
  };
}

function refuse({ problems, cause }: Refusal): Look {
  return { text: "", problems: [...problems, `nothing would run: ${cause}`] };
}

/** `init lint`: every problem of a scripts directory, with file and line. */
export function lint(scriptsDir: string, _config: Config, env: Environment): Look {
  const { scripts, problems } = discover(scriptsDir, searchPathOfScripts(env["PATH"]));
  if (problems.length > 0) return { text: "", problems: problems.map(describeProblem) };
  return {
    text: `${showName(scriptsDir)}: ${count(scripts.length, "script")}, no problems\n`,
    problems: [],
  };
}
