import { failureOf, type Failure } from "../../lib/failure/failure.ts";
import { RECORD } from "../../lib/failure/topics/record.ts";
import { showName } from "../../lib/text/show.ts";
import type { History } from "./history.ts";

/** More scripts are counted, not named. */
const MOST_NAMED = 8;

/** What a person should know if the last run was interrupted: the host may be half changed. */
export function interruptionsOf({ unfinished, interrupted }: History): readonly Failure[] {
  const certain = unfinished.map(({ script, at }) =>
    failureOf(RECORD, "RunInterrupted", { when: `while running ${showName(script)}`, at }),
  );
  if (certain.length > 0 || interrupted === undefined) return certain;
  // Only its beginning waits for the disk: a power cut can lose which of its scripts ran.
  const { scripts, at } = interrupted;
  const when =
    scripts.length === 0 ? "after its last script" : `before the end of ${names(scripts)}`;
  return [failureOf(RECORD, "RunInterrupted", { when, at })];
}

function names(scripts: readonly string[]): string {
  const named = scripts.slice(0, MOST_NAMED).map(showName).join(", ");
  const more = scripts.length - MOST_NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
}
