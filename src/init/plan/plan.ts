import { UNKNOWN_BOOT } from "../../lib/linux/boot-id.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { isInRange } from "../../lib/text/semver.ts";
import type { Script } from "../discover/script.ts";

/** A script in its place in a run; `skip` is why it will not run. */
export type Step = { readonly script: Script; readonly skip: string | undefined };

/** What decides whether a script runs. */
export type PlanFacts = {
  readonly nodeImage: string | undefined;
  /** semver of the node image; undefined if there is no image or its tag is no version. */
  readonly nodeVersion: string | undefined;
  /** The running kernel, as in `uname -r`. */
  readonly kernel: string;
  /** How a script of this directory ended last on this host, by its name. */
  readonly lastEndOf: (name: string) => LastEnd | undefined;
  /** The flag by which the user skips a script, by its name. */
  readonly skipOf: (name: string) => string | undefined;
  readonly contentOf: (script: Script) => string | undefined;
  /** Of the host now. */
  readonly bootId: string;
};

export type LastEnd = {
  readonly outcome: string;
  readonly nodeImage: string | null;
  readonly digest: string;
  readonly kernel: string;
  readonly bootId: string;
  readonly at: string;
};

/** Decides for every script whether it runs. The error names the scripts that cannot be decided. */
export function planSteps(
  scripts: readonly Script[],
  facts: PlanFacts,
): Result<readonly Step[], readonly Script[]> {
  const { nodeVersion, skipOf } = facts;
  const undecided = scripts.filter(
    ({ name, settings }) =>
      settings.nodeImage !== undefined && nodeVersion === undefined && skipOf(name) === undefined,
  );
  if (undecided.length > 0) return fail(undecided);
  return ok(scripts.map((script) => ({ script, skip: reasonToSkip(script, facts) })));
}

function reasonToSkip(script: Script, facts: PlanFacts): string | undefined {
  const chosen = facts.skipOf(script.name);
  if (chosen !== undefined) return chosen;
  const range = script.settings.nodeImage;
  const { nodeVersion } = facts;
  if (range !== undefined && nodeVersion !== undefined && !isInRange(nodeVersion, range)) {
    return `node version ${nodeVersion} is not in its range ${range}`;
  }
  return reasonOfRecord(script, facts);
}

/** Why a script with the `once` setting need not run again. */
function reasonOfRecord(script: Script, facts: PlanFacts): string | undefined {
  const { name, settings } = script;
  if (settings.once === undefined) return undefined;
  const last = facts.lastEndOf(name);
  // A pass counts only for what passed.
  if (last?.outcome !== "passed" || facts.contentOf(script) !== last.digest) return undefined;
  // What a script did may have been for the kernel of that time.
  if (last.kernel !== facts.kernel) return undefined;
  if (settings.once === "per-boot")
    return last.bootId === facts.bootId && last.bootId !== UNKNOWN_BOOT
      ? `it passed in this boot at ${last.at}`
      : undefined;
  if (settings.once === "per-content") return `it passed with this content at ${last.at}`;
  return facts.nodeImage !== undefined && facts.nodeImage === last.nodeImage
    ? `it passed for this node image at ${last.at}`
    : undefined;
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
