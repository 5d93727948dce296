import type { Action } from "./environment.ts";
import type { RunResult } from "./events.ts";
import type { Ending, Outcome } from "./outcome.ts";
import type { Verdict } from "../../lib/contract/verdict.ts";
import { EXIT, exitStatusOfSignal } from "../../lib/exit-status.ts";

/** What a script left: a message, or in a dry run what it would change. */
export type Left = "nothing" | "message" | "changes";

/**
 * What a script's ending means for the run. One that passes and yet leaves a termination message
 * warns: that is how a check tells of what may do harm later.
 */
export function verdictOf(
  ending: Ending,
  left: Left,
  { onFailure, action }: { readonly onFailure: "fail" | "warn"; readonly action: Action },
): Verdict {
  switch (ending.how) {
    case "exited":
      if (ending.status === 0)
        return action === "undo" && left === "nothing" ? "undone" : VERDICT_OF_SUCCESS[left];
      return onFailure === "warn" ? "warned" : "failed";
    case "signalled":
    case "not-started":
      return onFailure === "warn" ? "warned" : "failed";
    case "timed-out":
      return onFailure === "warn" && ending.deadline === "script" ? "warned" : "timed-out";
    case "stopped":
      return "cancelled";
  }
}

const VERDICT_OF_SUCCESS = {
  nothing: "passed",
  message: "warned",
  changes: "would-change",
} as const satisfies Record<Left, Verdict>;

/** The outcome that decides a run: the first in order that failed or timed out. */
export function decisiveOutcome(outcomes: readonly Outcome[]): Outcome | undefined {
  return outcomes.find(({ verdict }) => verdict === "failed" || verdict === "timed-out");
}

/** Exit status of a run: 0 prepared, 1 a script failed, 4 a deadline passed, 128+n ended by a signal. */
export function exitStatusOf({ outcomes, stoppedBy }: RunResult): number {
  if (stoppedBy?.how === "signal") return exitStatusOfSignal(stoppedBy.signal);
  const decisive = decisiveOutcome(outcomes);
  if (decisive === undefined) return stoppedBy === undefined ? EXIT.success : EXIT.deadline;
  return decisive.verdict === "timed-out" ? EXIT.deadline : EXIT.failure;
}
