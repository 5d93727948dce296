import { release } from "node:os";
import { failureOf, type Failure } from "../../lib/failure/failure.ts";
import { RECORD } from "../../lib/failure/topics/record.ts";
import { readBootId } from "../../lib/linux/boot-id.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { count, showName } from "../../lib/text/show.ts";
import { plainLine } from "../../lib/text/utf8.ts";
import { noteOf } from "../report/wording.ts";
import { wait } from "../run/wait.ts";
import type { DeadRunsProcess } from "./dead-run.ts";
import { EMPTY_HISTORY, keyOf, type History } from "./history.ts";
import type { Holder } from "./lock-file.ts";
import type { State } from "./state.ts";
import type { Defect, Opened, StoredHistory } from "./store.ts";

const POLL_MS = 100;
const REPORT_MS = 30_000;

/** This run, as the lock names it to others. */
export function describeRun(run: string): Holder {
  const since = new Date().toISOString();
  return { run, pid: process.pid, bootId: readBootId(), since };
}

/** The running kernel, as in `uname -r`. */
export const readKernel = release;

/**
 * Opens a state directory for one run, which keeps other runs out until `state` ends; waits while
 * another run has it.
 * @param note reports what a person should know: a run does not fail for its record
 * @param stop aborted: wait no longer for another run
 * @returns what earlier runs recorded; the error is why no run may start
 */
export async function openRecord(
  state: State,
  holder: Holder,
  note: (text: string) => void,
  stop: AbortSignal,
): Promise<Result<History, Failure>> {
  const opened = await openWhenFree(state, holder, note, stop);
  if (opened === undefined) return ok(EMPTY_HISTORY);
  const { directory } = state;
  const { deadRun, defect, damage } = opened;
  if (deadRun.alive.length > 0) {
    const processes = describeProcesses(deadRun.alive);
    return fail(failureOf(RECORD, "DeadRunAlive", { processes }));
  }
  if (deadRun.ended.length > 0) {
    const processes = describeProcesses(deadRun.ended);
    note(noteOf(failureOf(RECORD, "DeadRunEnded", { processes })));
  }
  if (defect !== undefined) state.switchOff(failureOfDefect(defect, directory));
  if (damage !== undefined)
    note(noteOf(failureOf(RECORD, "RecordSetAside", { directory, why: damage })));
  const history = restoreHistory(opened.history);
  noteIgnored(history, directory, note);
  return ok(history);
}

async function openWhenFree(
  state: State,
  holder: Holder,
  note: (text: string) => void,
  stop: AbortSignal,
): Promise<Opened | undefined> {
  let reportedAt = -Infinity;
  for (;;) {
    const opened = await state.ask("open", { stateDir: state.directory, holder }, { stop });
    if (opened?.answer.isBusy !== true) return opened?.answer;
    if (performance.now() - reportedAt >= REPORT_MS) {
      reportedAt = performance.now();
      const params = {
        directory: state.directory,
        holder: describeHolder(opened.answer.busyHolder),
      };
      note(noteOf(failureOf(RECORD, "AnotherRun", params)));
    }
    await wait(POLL_MS, stop);
    if (stop.aborted) return undefined;
  }
}

/** What earlier runs recorded, for `init plan`: it waits for no other run, and makes nothing. */
export async function lookAtRecord(state: State, note: (text: string) => void): Promise<History> {
  const looked = await state.ask("look", { stateDir: state.directory });
  if (looked === undefined) return EMPTY_HISTORY;
  if (!looked.answer.ok) {
    note(noteOf(failureOfDefect(looked.answer.error, state.directory)));
    return EMPTY_HISTORY;
  }
  const history = restoreHistory(looked.answer.value);
  noteIgnored(history, state.directory, note);
  return history;
}

function noteIgnored(history: History, directory: string, note: (text: string) => void): void {
  const { length } = history.foreign;
  if (length === 0) return;
  const lines = count(length, "line");
  note(noteOf(failureOf(RECORD, "RecordLinesIgnored", { directory, lines })));
}

function restoreHistory(stored: StoredHistory): History {
  const ends = stored.lastEnds.map((end) => [keyOf(end.directory, end.script), end] as const);
  return {
    ...stored,
    lastEnds: new Map(ends),
    firstFailures: new Map(stored.firstFailures),
    applied: new Map(stored.applied),
  };
}

function failureOfDefect({ part, why }: Defect, directory: string): Failure {
  const params = { directory, why };
  switch (part) {
    case "directory":
      return failureOf(RECORD, "StateDirectoryUnusable", params);
    case "lock":
      return failureOf(RECORD, "LockUnusable", params);
    case "record":
      return failureOf(RECORD, "RecordUnusable", params);
  }
}

function describeHolder(holder: Holder | undefined): string {
  return holder === undefined
    ? "pid not yet known"
    : `pid ${holder.pid} there, since ${holder.since}`;
}

function describeProcesses(processes: readonly DeadRunsProcess[]): string {
  return processes
    .map(({ pid, command }) => `pid ${pid} (${showName(plainLine(command))})`)
    .join(", ");
}
