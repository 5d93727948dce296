import { fail, ok, type Result } from "../result.ts";
import { isInRange } from "../text/semver.ts";
import type { Script } from "./script.ts";

/** A script in its place in a run; `skip` is why it will not run. */
export type Step = { readonly script: Script; readonly skip: string | undefined };

/** What decides whether a script runs. */
export type PlanFacts = {
  /** semver of the node image; undefined if there is no image or its tag is no version. */
  readonly nodeVersion: string | undefined;
};

/** Decides for every script whether it runs. The error names the scripts that cannot be decided. */
export function planSteps(
  scripts: readonly Script[],
  facts: PlanFacts,
): Result<readonly Step[], readonly Script[]> {
  const { nodeVersion } = facts;
  const undecided = scripts.filter(
    ({ settings }) => settings.nodeImage !== undefined && nodeVersion === undefined,
  );
  if (undecided.length > 0) return fail(undecided);
  return ok(scripts.map((script) => ({ script, skip: reasonToSkip(script, nodeVersion ?? "") })));
}

function reasonToSkip({ settings }: Script, nodeVersion: string): string | undefined {
  const range = settings.nodeImage;
  if (range === undefined) return undefined;
  return isInRange(nodeVersion, range)
    ? undefined
    : `node version ${nodeVersion} is not in its range ${range}`;
}

/** Steps that run together: neighbouring checks, or one step alone. */
export function batchesOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const batches: Step[][] = [];
  let checks: Step[] | undefined;
  for (const step of steps) {
    const isCheck = step.script.settings.kind === "check";
    if (isCheck && checks !== undefined) {
      checks.push(step);
    } else {
      const batch = [step];
      batches.push(batch);
      checks = isCheck ? batch : undefined;
    }
  }
  return batches;
}
