import type { Environment } from "../lib/environment.ts";
import { EXIT } from "../lib/exit-status.ts";
import type { Failure } from "../lib/failure/failure.ts";
import { print } from "../lib/print.ts";
import { count, joinSentences } from "../lib/text/show.ts";
import type { Config } from "./config.ts";
import { findNodeImage } from "./find-image.ts";
import { findHost } from "./host.ts";
import { describePlan } from "./describe-plan.ts";
import { findScripts, prepare, type Refusal } from "./prepare.ts";
import { lookAtRecord } from "./record/open-record.ts";
import { openState } from "./record/state.ts";

/** `init plan`: what would run, in order, and why something would not; resolves to the exit status. */
export async function plan(config: Config, env: Environment): Promise<number> {
  const host = findHost(env, showNow);
  const state = openState(config.stateDir, showNow);
  const found = findScripts(config.scripts, host.env.PATH);
  if (!found.ok) return refuse(found.error);
  const { scripts, skipped, remarks } = found.value;
  remarks.forEach(showNow);
  const image = await findNodeImage(config, host, scripts, showNow);
  if (!image.ok) return refuse({ problems: [], failure: image.error });
  const facts = { nodeImage: image.value, hostRoot: host.hostRoot };
  const history = await lookAtRecord(state, showNow);
  await state.settle();
  await state.end();
  const prepared = prepare(scripts, facts, config, history);
  if (!prepared.ok) return refuse(prepared.error);
  print(1, describePlan(prepared.value, skipped, config));
  return EXIT.success;
}

function refuse({ problems, failure }: Refusal): number {
  const end =
    problems.length === 0
      ? sentenceOf(failure)
      : `nothing would run: ${count(problems.length, "problem")} found`;
  return showProblems([...problems.map(sentenceOf), end]);
}

function sentenceOf({ cause, fix }: Failure): string {
  return joinSentences(cause, fix);
}

function showProblems(problems: readonly string[]): number {
  problems.forEach(showNow);
  return EXIT.cannot;
}

function showNow(text: string): void {
  print(2, `${text}\n`);
}
