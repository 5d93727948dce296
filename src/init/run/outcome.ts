import type { FirstFailure } from "../../lib/contract/first-failure.ts";
import type { Verdict } from "../../lib/contract/verdict.ts";
import type { Failure } from "../../lib/failure/failure.ts";

/** How a script's process ended. */
export type Ending =
  | { readonly how: "exited"; readonly status: number }
  | { readonly how: "signalled"; readonly signal: string }
  /** `died` is false when even SIGKILL did not end it; `deadline` tells its own from the whole run's. */
  | {
      readonly how: "timed-out";
      readonly afterMs: number;
      readonly deadline: "script" | "run";
      readonly died: boolean;
    }
  | { readonly how: "stopped"; readonly signal: string; readonly died: boolean }
  | NotStarted;

export type NotStarted = {
  readonly how: "not-started";
  /** In words, with the kernel's name for it: `permission denied (EACCES)`. */
  readonly error: string;
  /** That name alone (errno(3)); empty if it is none of the kernel's. */
  readonly errno: string;
  /** Somebody removed the script after it had been discovered. */
  readonly isRemoved: boolean;
};

/** The last 4 KiB of a script's streams, as it printed them. */
export type Tail = { readonly stdout: Uint8Array; readonly stderr: Uint8Array };

/** What became of one script in one run; a retried script has one outcome. */
export type Outcome = {
  /** Path below the scripts directory. */
  readonly script: string;
  readonly verdict: Verdict;
  /** Of the last attempt; undefined if it never ran. */
  readonly ending: Ending | undefined;
  /** Why it was skipped or cancelled. */
  readonly reason: string | undefined;
  /** When the first attempt started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** From the first attempt's start to the last one's end. */
  readonly durationMs: number;
  readonly attempts: number;
  /** Why it failed or what it warns of, the decisive one first; empty only if it neither failed nor warned. */
  readonly failures: readonly Failure[];
  /** What the script would change, a line each; empty but for would-change. */
  readonly changes: readonly string[];
  /** The same for whatever leaves the log: without the script's output under --event-output=none. */
  readonly reported: readonly Failure[];
  /** The last few lines of both streams, where the cause is a guess from them; else empty. */
  readonly output: string;
  /** How the series of its failures began, in an earlier attempt or run; undefined if with this one. */
  readonly first: FirstFailure | undefined;
  readonly tail: Tail;
};
