import type { FirstFailure } from "../../lib/contract/first-failure.ts";
import type { Failure } from "../../lib/failure/failure.ts";
import { shortenUtf8 } from "../../lib/text/utf8.ts";
import type { Verdict } from "../../lib/contract/verdict.ts";
import type { Outcome } from "./outcome.ts";

const CAUSE_BYTES = 300;

/** A failure as the beginning of a series. */
export function firstFailure({ code, cause }: Failure, at: string): FirstFailure {
  return { at, code, cause: shortenUtf8(cause, CAUSE_BYTES) };
}

const ENDS_SERIES: ReadonlySet<Verdict> = new Set(["passed", "warned", "undone"]);

/** The outcome in its series: an earlier run's first failure comes before that of an earlier attempt. */
export function inSeries(outcome: Outcome, earlier: FirstFailure | undefined): Outcome {
  const { verdict } = outcome;
  if (earlier === undefined || ENDS_SERIES.has(verdict)) return outcome;
  return { ...outcome, first: earlier };
}

/** The first failure of a series where it shows something that the last one does not. */
export function differentFirst({ first, reported }: Outcome): FirstFailure | undefined {
  const [last] = reported;
  if (first === undefined || last === undefined) return undefined;
  const isSame = first.code === last.code && first.cause === shortenUtf8(last.cause, CAUSE_BYTES);
  return isSame ? undefined : first;
}
