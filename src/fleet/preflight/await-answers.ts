import type { Environment } from "../../lib/environment.ts";
import type { Failure } from "../../lib/failure/failure.ts";
import { print } from "../../lib/print.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { joinSentences } from "../../lib/text/show.ts";
import type { StatusConfig } from "../config.ts";
import { follow } from "../follow.ts";
import { scopeOf } from "../look.ts";
import type { FleetReport } from "../report.ts";
import { makeReport } from "../show-report.ts";
import { createProgress } from "../show/progress.ts";
import { asTrial, haveAllAnswered, inTrialWords } from "./trial.ts";

export type Answers = {
  /** undefined if nothing was seen before the end. */
  readonly report: FleetReport | undefined;
  /** Whether nodes had not answered when the time was over. */
  readonly isLate: boolean;
};

/** DaemonSets count their nodes, and events tell of refused pods, without a change of the pods. */
const LOOK_AGAIN_MS = 3_000;

/** Follows the pods until every node has answered, the time is over, or `stop` is aborted. */
export async function awaitAnswers(
  config: StatusConfig,
  env: Environment,
  stop: AbortSignal,
): Promise<Result<Answers, Failure>> {
  const scope = scopeOf(config);
  if (!scope.ok) return scope;
  const ended = Promise.withResolvers<"answered" | "deadline" | "stopped">();
  const quiet = new AbortController();
  const progress = createProgress((text) => print(2, text), {
    isTerminal: process.stderr.isTTY && env["TERM"] !== "dumb",
    width: process.stderr.columns ?? 80,
  });
  const troubled = (failure: Failure): void =>
    progress.note(joinSentences(failure.cause, failure.fix, "Trying again"));
  const following = follow(config, { changed, troubled }, quiet.signal);
  const deadline = setTimeout(() => ended.resolve("deadline"), config.timeoutMs);
  stop.addEventListener("abort", () => ended.resolve("stopped"));
  if (stop.aborted) ended.resolve("stopped");
  let fatal: Failure | undefined;
  const running = following.run().then((failure) => {
    fatal = failure;
    if (failure !== undefined) ended.resolve("stopped");
  });
  const looking = setInterval(() => void following.lookAgain().then(changed), LOOK_AGAIN_MS);
  const how = await ended.promise;
  const last = reportNow();
  clearTimeout(deadline);
  clearInterval(looking);
  quiet.abort();
  await running;
  progress.end();
  return fatal === undefined ? ok({ report: last, isLate: how === "deadline" }) : fail(fatal);

  function reportNow(): FleetReport | undefined {
    const looked = following.looked();
    if (looked === undefined || !scope.ok) return undefined;
    return inTrialWords(makeReport(asTrial(looked), scope.value, Date.now()));
  }

  function changed(): void {
    const now = reportNow();
    if (now === undefined) return;
    progress.show(now, "");
    if (following.isLive() && haveAllAnswered(now)) ended.resolve("answered");
  }
}
