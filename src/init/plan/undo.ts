import type { Script } from "../discover/script.ts";
import type { Step } from "./plan.ts";

/**
 * The changes of a directory in reverse order. What is undone is what init did: scripts that can undo
 * it, and of which the record shows a pass that was not undone since.
 * @param appliedAt when a script passed that has not been undone since, by its name
 */
export function planUndo(
  scripts: readonly Script[],
  appliedAt: (name: string) => string | undefined,
): readonly Step[] {
  return scripts
    .filter(({ settings }) => settings.kind === "change")
    .toReversed()
    .map(({ settings, ...script }) => ({
      // A failure that were only a warning would count as undone.
      script: { ...script, settings: { ...settings, onFailure: "fail" } },
      skip: reasonToSkip(settings.hasUndo, appliedAt(script.name)),
    }));
}

function reasonToSkip(hasUndo: boolean, appliedAt: string | undefined): string | undefined {
  if (appliedAt === undefined) return "the record shows no pass of it that is not undone";
  return hasUndo ? undefined : "it cannot undo what it did (no undo=yes)";
}
