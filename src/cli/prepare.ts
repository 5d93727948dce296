import { findHostRoot } from "../node/host-root.ts";
import { versionOfImage } from "../node/node-version.ts";
import { describeProblem } from "../report/wording.ts";
import { fail, ok, type Result } from "../result.ts";
import type { RunFacts } from "../run/environment.ts";
import { discover, type Skipped } from "../scripts/discover.ts";
import { planSteps, type Step } from "../scripts/plan.ts";
import { count, showName } from "../text/show.ts";
import type { Config } from "./flags.ts";

export type Prepared = {
  readonly steps: readonly Step[];
  readonly skipped: readonly Skipped[];
  readonly facts: RunFacts;
};

/** Why nothing may start: every problem with its place, and what they come to in one sentence. */
export type Refusal = { readonly problems: readonly string[]; readonly cause: string };

/** Finds out, without changing anything, what a run would do. */
export function prepare(
  scriptsDir: string,
  config: Config,
  searchPath: string,
): Result<Prepared, Refusal> {
  const { scripts, skipped, problems } = discover(scriptsDir, searchPath);
  if (problems.length > 0) return fail(refuseFor(problems.map(describeProblem)));
  if (scripts.length === 0) {
    const others =
      skipped.length === 0 ? "it is empty" : `its ${count(skipped.length, "file")} are none`;
    return fail({
      problems: [],
      cause: `no scripts in ${showName(scriptsDir)}: ${others}. Is it mounted?`,
    });
  }
  const facts: RunFacts = {
    nodeImage: config.nodeImage,
    nodeVersion:
      config.nodeVersion ??
      (config.nodeImage === undefined ? undefined : versionOfImage(config.nodeImage)),
    previousNodeImage: undefined,
    hostRoot: findHostRoot(),
    stateDir: config.stateDir,
  };
  const steps = planSteps(scripts, facts);
  if (steps.ok) return ok({ steps: steps.value, skipped, facts });
  return fail(refuseFor(steps.error.map(({ path }) => describeUndecided(path, facts))));
}

function refuseFor(problems: readonly string[]): Refusal {
  return { problems, cause: `nothing was run, for ${count(problems.length, "problem")}` };
}

function describeUndecided(path: string, { nodeImage }: RunFacts): string {
  const why =
    nodeImage === undefined
      ? "the node image is unknown: give it with -nodeImage or NODE_IMAGE"
      : `the tag of node image ${nodeImage} is no version: give it with --node-version`;
  return `cannot tell whether ${showName(path)} is for this node: it has a node-image range, and ${why}`;
}
