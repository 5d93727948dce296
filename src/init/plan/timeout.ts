import type { Script, Settings } from "../discover/script.ts";
import { showName } from "../../lib/text/show.ts";

/** What a check gets that sets no timeout. A change that is interrupted may leave the host half changed. */
const CHECK_MS = 300_000;

/**
 * The deadline of each attempt in milliseconds; 0 is none.
 * @param given --timeout, or undefined
 */
export function timeoutOf({ timeoutMs, kind }: Settings, given: number | undefined): number {
  return timeoutMs ?? given ?? (kind === "check" ? CHECK_MS : 0);
}

/** Whether a change has no timeout because nobody thought of one. */
export function mayRunForEver({ kind, timeoutMs }: Settings, given: number | undefined): boolean {
  return kind !== "check" && timeoutMs === undefined && given === undefined;
}

/** A line about the changes that may run for ever because nobody said otherwise; undefined if none may. */
export function remarkOnTimeouts(
  scripts: readonly Script[],
  given: number | undefined,
): string | undefined {
  const unbounded = scripts.filter(({ settings }) => mayRunForEver(settings, given));
  const [first] = unbounded;
  if (first === undefined) return undefined;
  const more = unbounded.length === 1 ? "" : ` and ${unbounded.length - 1} more`;
  return `no timeout: ${showName(first.name)}${more} may run for ever. Write # init: timeout=… into it, or give --timeout`;
}
