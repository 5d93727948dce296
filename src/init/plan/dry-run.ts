import type { Chosen } from "./choose.ts";

/** The reason of a script that a dry run leaves out. */
export const DRY_RUN_REASON = "dry run";

/** What a dry run makes of the choice: only checks run, and scripts that can show what they would change. */
export function withoutChanges(chosen: Chosen): Chosen {
  const skips = new Map(chosen.skips);
  for (const { name, settings } of chosen.scripts) {
    const changesNothing = settings.kind === "check" || settings.hasDryRun;
    if (!changesNothing && !skips.has(name)) skips.set(name, DRY_RUN_REASON);
  }
  return { ...chosen, skips };
}
