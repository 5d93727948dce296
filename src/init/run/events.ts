import type { Failure } from "../../lib/failure/failure.ts";
import type { Script } from "../discover/script.ts";
import type { Action } from "./environment.ts";
import type { Ending, Outcome } from "./outcome.ts";
import type { StopReason } from "./stop.ts";

/** What happens in a run, in order; reporters turn it into what people and programs read. */
export type RunEvent =
  /** Nothing starts: what keeps it from that, and every problem with its place. */
  | {
      readonly type: "run-refused";
      readonly failure: Failure;
      readonly problems: readonly Failure[];
    }
  /** In an earlier run, and it did not pass since; the log has it as a note. */
  | {
      readonly type: "script-interrupted";
      readonly script: string;
      readonly failure: Failure;
    }
  | { readonly type: "run-started"; readonly scripts: readonly Script[] }
  | { readonly type: "script-started"; readonly script: Script; readonly attempt: number }
  | {
      readonly type: "script-retrying";
      readonly script: Script;
      readonly ending: Ending;
      /** What the script left in its message; empty if nothing. */
      readonly failures: readonly Failure[];
      readonly delayMs: number;
      readonly retriesLeft: number;
    }
  | { readonly type: "script-silent"; readonly script: Script; readonly runningMs: number }
  /** Every 5 minutes of a script: what it printed last, and what its processes wait for, in words. */
  | {
      readonly type: "script-still-running";
      readonly script: Script;
      readonly runningMs: number;
      readonly lastLine: string;
      readonly waits: string;
    }
  /** The script ended, but a process it left behind still holds its output. */
  | { readonly type: "output-left-open"; readonly script: Script }
  | { readonly type: "script-ended"; readonly script: Script; readonly outcome: Outcome }
  | { readonly type: "leftovers-ended"; readonly leftovers: readonly Leftover[] }
  | { readonly type: "run-ended"; readonly result: RunResult }
  /** Something about the run itself that a person should know, told once. */
  | { readonly type: "note"; readonly text: string };

/** A run, or a script of one, that did not come to its end. */
export type Interruption = {
  /** Path below the scripts directory of the change that may be half done; undefined if none is known. */
  readonly script: string | undefined;
  readonly failure: Failure;
};

/** A process that a script left behind and that the end of the run ended. */
export type Leftover = { readonly pid: number; readonly command: string; readonly died: boolean };

export type RunResult = {
  readonly action: Action;
  readonly outcomes: readonly Outcome[];
  readonly stoppedBy: StopReason | undefined;
  readonly startedAt: number;
  readonly durationMs: number;
};

/** The event that ends a run. */
export type Conclusion = Extract<RunEvent, { readonly type: "run-ended" | "run-refused" }>;

export type Emit = (event: RunEvent) => void;
