import type { Script } from "../discover/script.ts";
import type { FirstFailure } from "../../lib/contract/first-failure.ts";
import { failureOf } from "../../lib/failure/failure.ts";
import { RECORD } from "../../lib/failure/topics/record.ts";
import type { Action } from "../run/environment.ts";
import type { RunResult } from "../run/events.ts";
import type { Outcome } from "../run/outcome.ts";
import { exitStatusOf } from "../run/verdict.ts";
import type { Patience } from "../helper/helper.ts";
import {
  formatEntry,
  type Entry,
  type RunEntry,
  type StartEntry,
} from "../../lib/contract/record-entry.ts";
import type { ContentOf } from "./content.ts";
import { keyOf, type History } from "./history.ts";
import { describeLastRun } from "./last-run.ts";
import type { State } from "./state.ts";

/** Records one run. Nothing waits for the disk but the beginning and the end. */
export type Recorder = {
  readonly started: (script: Script) => void;
  /** How the series of a script's failures began that goes on now; undefined if it begins. */
  readonly firstFailureOf: (script: Script) => FirstFailure | undefined;
  readonly ended: (script: Script, outcome: Outcome) => void;
  /** Resolves when the whole run is on the disk, or it is reported why not. */
  readonly finished: (result: RunResult, patience: Patience) => Promise<void>;
};

/** What all entries of a run share. */
export type RunOfRecord = Omit<RunEntry, "v" | "type" | "at">;

/**
 * Begins to record a run: that it begins, and with which scripts, is on the disk when it resolves.
 * What an earlier run left unfinished is closed as interrupted.
 * @returns whether that worked; if not, what is in the record must not be believed in later runs
 */
export async function beginRecord(
  state: State,
  run: RunOfRecord,
  history: History,
): Promise<boolean> {
  const at = new Date().toISOString();
  const closed = history.unfinished.map(({ at: startedAt, ...start }): Entry => {
    const key = keyOf(start.directory, start.script);
    const [first, applied] = [history.firstFailures.get(key), history.applied.get(key)];
    const known = { ...(first && { first }), ...(applied && { applied }) };
    const end = { ...start, startedAt, at, attempts: 1, ...known };
    return { ...end, type: "end", outcome: "interrupted" };
  });
  const lines = linesOf(...closed, { v: 1, type: "run", ...run, at });
  const begun = await state.ask("sync", { lines });
  if (begun === undefined) return false;
  if (begun.answer !== undefined) switchOff(state, begun.answer);
  return begun.answer === undefined;
}

export type RecorderOptions = {
  readonly contentOf: ContentOf;
  readonly firstFailures: History["firstFailures"];
  readonly applied: History["applied"];
  readonly action: Action;
};

export function createRecorder(
  state: State,
  { run, directory, nodeImage, kernel, bootId }: RunOfRecord,
  { contentOf, firstFailures, applied, action }: RecorderOptions,
): Recorder {
  const starts = new Map<Script, StartEntry>();
  return {
    firstFailureOf: ({ name }) => firstFailures.get(keyOf(directory, name)),
    started(script) {
      if (state.isOff()) return;
      const start: StartEntry = {
        v: 1,
        type: "start",
        directory,
        script: script.name,
        digest: contentOf(script) ?? "unreadable",
        nodeImage,
        kernel,
        bootId,
        at: new Date().toISOString(),
      };
      starts.set(script, start);
      state.post("append", { lines: linesOf(start) });
    },
    ended(script, whatBecame) {
      const { verdict, attempts, reported, first } = whatBecame;
      const start = starts.get(script);
      if (start === undefined) return;
      starts.delete(script);
      const at = new Date().toISOString();
      const { at: startedAt, ...rest } = start;
      const failures = reported.length === 0 ? {} : { failures: reported };
      const outcome = verdict;
      const before = applied.get(keyOf(directory, script.name));
      const passed = isSuccess(whatBecame) ? PASSED[action](at) : before;
      const known = { ...(first && { first }), ...(passed && { applied: passed }) };
      const whole = { ...rest, startedAt, at, attempts, ...failures, ...known };
      const end: Entry = { ...whole, type: "end", outcome };
      state.post("append", { lines: linesOf(end) });
    },
    async finished(result, patience) {
      const status = exitStatusOf(result);
      const at = new Date().toISOString();
      const last: Entry =
        status !== 0
          ? { v: 1, type: "not-prepared", status, at }
          : action === "undo"
            ? { v: 1, type: "undone", at }
            : { v: 1, type: "prepared", nodeImage, at };
      const lastRun = describeLastRun(result, { init: VERSION, run, nodeImage, kernel, bootId });
      const finished = await state.ask("finish", { lines: linesOf(last), lastRun }, patience);
      if (finished?.answer !== undefined) switchOff(state, finished.answer);
    },
  };
}

/** What a success means for a later undo. */
const PASSED: Readonly<Record<Action, (at: string) => string | undefined>> = {
  run: (at) => at,
  "dry-run": () => undefined,
  undo: () => undefined,
};

/** Also with a warning; a failure that on-failure=warn makes one is none. */
function isSuccess({ ending }: Outcome): boolean {
  return ending?.how === "exited" && ending.status === 0;
}

/** Records nothing: for a dry run. */
export const NO_RECORDER: Recorder = {
  started: () => undefined,
  firstFailureOf: () => undefined,
  ended: () => undefined,
  finished: () => Promise.resolve(),
};

function switchOff(state: State, why: string): void {
  state.switchOff(failureOf(RECORD, "RecordNotWritten", { directory: state.directory, why }));
}

function linesOf(...entries: readonly Entry[]): string {
  return entries.map(formatEntry).join("");
}
