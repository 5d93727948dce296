import { findHostRoot } from "../lib/linux/host-root.ts";
import { readRecord } from "./record/record.ts";
import type { Failure } from "../lib/failure/failure.ts";
import { count, joinSentences, showName } from "../lib/text/show.ts";
import { describePlan } from "./plan/describe.ts";
import { findNodeImage } from "./find-image.ts";
import type { Config } from "../cli/flags.ts";
import type { Environment } from "../cli/parse.ts";
import { findScripts, prepare, type Refusal } from "./prepare.ts";
import { print } from "../lib/print.ts";
import { searchPathOfScripts } from "./search-path.ts";

/** What a command that changes nothing says: on stdout, and on stderr what is wrong. */
export type Look = { readonly text: string; readonly problems: readonly string[] };

/** `init plan`: what would run, in order, and why something would not. */
export async function plan(scriptsDir: string, config: Config, env: Environment): Promise<Look> {
  const found = findScripts(scriptsDir, searchPathOfScripts(env["PATH"]));
  if (!found.ok) return refuse(found.error);
  const { scripts } = found.value;
  const hostRoot = findHostRoot();
  const image = await findNodeImage(config, env, hostRoot, scripts, tellNow);
  if (!image.ok) return refuse({ problems: [], failure: image.error });
  const host = { nodeImage: image.value, hostRoot };
  const prepared = prepare(scripts, host, config, readRecord(config.stateDir));
  if (!prepared.ok) return refuse(prepared.error);
  return {
    text: describePlan(scriptsDir, prepared.value, found.value.skipped, config),
    problems: [],
  };
}

function tellNow(text: string): void {
  print(2, `${text}\n`);
}

function refuse({ problems, failure }: Refusal): Look {
  const end =
    problems.length === 0
      ? sentenceOf(failure)
      : `nothing would run: ${count(problems.length, "problem")} found`;
  return { text: "", problems: [...problems.map(sentenceOf), end] };
}

function sentenceOf({ cause, fix }: Failure): string {
  return joinSentences(cause, fix);
}

/** `init lint`: every problem of a scripts directory, with file and line. */
export function lint(scriptsDir: string, _config: Config, env: Environment): Look {
  const found = findScripts(scriptsDir, searchPathOfScripts(env["PATH"]));
  if (!found.ok) {
    const { problems, failure } = found.error;
    const all = problems.length === 0 ? [failure] : problems;
    return { text: "", problems: all.map(sentenceOf) };
  }
  return {
    text: `${showName(scriptsDir)}: ${count(found.value.scripts.length, "script")}, no problems\n`,
    problems: [],
  };
}
