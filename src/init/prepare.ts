import { versionOfImage } from "../lib/image-reference.ts";
import type { ContentOf } from "./record/content.ts";
import { readBootId } from "../lib/linux/boot-id.ts";
import { interruptionsOf } from "./record/interruption.ts";
import type { Interruption } from "./run/events.ts";
import { keyOf, previousRun, type History } from "./record/history.ts";
import { readKernel } from "./record/open-record.ts";
import { describeDowngrade, noteOf } from "./report/wording.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { RunFacts } from "./run/environment.ts";
import { discover, type Discovery } from "./discover/discover.ts";
import type { Chosen } from "./plan/choose.ts";
import { planSteps, type Step } from "./plan/plan.ts";
import { planUndo } from "./plan/undo.ts";
import type { Problem, Script } from "./discover/script.ts";
import { failureOf, type Failure } from "../lib/failure/failure.ts";
import { DISCOVERY } from "../lib/failure/topics/discovery.ts";
import { isOlder } from "../lib/text/semver.ts";
import { count, showName } from "../lib/text/show.ts";
import type { DecidingConfig } from "./config.ts";

/** Why nothing may start, and every problem with its place. */
export type Refusal = { readonly failure: Failure; readonly problems: readonly Failure[] };

export type Found = Pick<Discovery, "scripts" | "skipped" | "remarks">;

/** The scripts of a directory, if every one of them can run. */
export function findScripts(scriptsDir: string, searchPath: string): Result<Found, Refusal> {
  const { scripts, skipped, problems, remarks } = discover(scriptsDir, searchPath);
  if (problems.length > 0) return fail(refuseFor(problems.map(failureOfProblem)));
  if (scripts.length > 0) return ok({ scripts, skipped, remarks });
  const others =
    skipped.length === 0
      ? "it is empty"
      : `none of its ${count(skipped.length, "file")} is a script`;
  const directory = showName(scriptsDir);
  return fail({ problems: [], failure: failureOf(DISCOVERY, "NoScripts", { directory, others }) });
}

/** What was found out about this host before. */
export type HostFacts = Pick<RunFacts, "nodeImage" | "hostRoot" | "action"> & {
  readonly contentOf: ContentOf;
};

export type Prepared = {
  readonly steps: readonly Step[];
  readonly facts: RunFacts;
  readonly interruptions: readonly Interruption[];
  /** What a person should know before the run, interruptions included, a line each. */
  readonly notes: readonly string[];
};

/** Decides what a run would do on this host, and changes nothing. */
export function prepare(
  { scripts, skips }: Pick<Chosen, "scripts" | "skips">,
  host: HostFacts,
  config: DecidingConfig,
  history: History,
): Result<Prepared, Refusal> {
  const facts = factsOf(host, config, history);
  if (facts.action === "undo") {
    const appliedAt = (name: string) => history.applied.get(keyOf(config.scripts, name));
    return ok({ steps: planUndo(scripts, appliedAt), facts, interruptions: [], notes: [] });
  }
  const steps = planSteps(scripts, {
    ...facts,
    lastEndOf: (name) => history.lastEnds.get(keyOf(config.scripts, name)),
    skipOf: (name) => skips.get(name),
    contentOf: host.contentOf,
    bootId: readBootId(),
    kernel: readKernel(),
  });
  if (!steps.ok)
    return fail(refuseFor(steps.error.map((script) => describeUndecided(script, facts))));
  const interruptions = interruptionsOf(history, config.scripts, scripts);
  const notes = [...interruptions.map(({ failure }) => noteOf(failure)), ...noteDowngrade(facts)];
  return ok({ steps: steps.value, facts, interruptions, notes });
}

function factsOf(
  { nodeImage, hostRoot, action }: HostFacts,
  { nodeVersion, stateDir }: DecidingConfig,
  history: History,
): RunFacts {
  return {
    nodeImage,
    nodeVersion: nodeVersion ?? (nodeImage === undefined ? undefined : versionOfImage(nodeImage)),
    previousNodeImage: history.prepared?.nodeImage ?? undefined,
    previousRun: previousRun(history),
    hostRoot,
    stateDir,
    action,
  };
}

function noteDowngrade({ nodeImage, nodeVersion, previousNodeImage }: RunFacts): readonly string[] {
  if (nodeImage === undefined || nodeVersion === undefined || previousNodeImage === undefined)
    return [];
  const previousVersion = versionOfImage(previousNodeImage);
  if (previousVersion === undefined || !isOlder(nodeVersion, previousVersion)) return [];
  return [describeDowngrade({ nodeImage, nodeVersion, previousNodeImage, previousVersion })];
}

function refuseFor(problems: readonly Failure[]): Refusal {
  const amount = count(problems.length, "problem");
  return { problems, failure: failureOf(DISCOVERY, "NothingRun", { problems: amount, flags: "" }) };
}

function failureOfProblem({ path, line, code, about }: Problem): Failure {
  const place = line === undefined ? showName(path) : `${showName(path)}:${line}`;
  return failureOf(DISCOVERY, code, { place, ...about });
}

function describeUndecided({ path, settings }: Script, { nodeImage }: RunFacts): Failure {
  const why =
    nodeImage === undefined
      ? "the node image is unknown"
      : `the tag of node image ${nodeImage} is not a version`;
  const range = settings.nodeImage ?? "";
  return failureOf(DISCOVERY, "NodeVersionUnknown", { script: showName(path), range, why });
}
