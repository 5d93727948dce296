import { readFileSync } from "node:fs";
import { release } from "node:os";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { RunFacts } from "../run/environment.ts";
import type { RunResult } from "../run/events.ts";
import type { Outcome } from "../run/outcome.ts";
import { exitStatusOf } from "../run/verdict.ts";
import { settlesWithin } from "../run/wait.ts";
import type { Script } from "../discover/script.ts";
import { digestOf } from "./digest.ts";
import type { Entry, StartEntry } from "./entry.ts";
import type { History } from "./history.ts";
import { writeLastRun } from "./last-run.ts";
import { lockStateDir } from "./lock.ts";
import { makeStateDir, openAppender, readRecord, type Appender } from "./record.ts";
import { messageOf } from "../../lib/text/error.ts";

/** Records one run; every method resolves when the entry is on the disk, or it is told why not. */
export type Recorder = {
  readonly started: (script: Script) => Promise<void>;
  readonly ended: (script: Script, outcome: Outcome) => Promise<void>;
  readonly finished: (result: RunResult) => Promise<void>;
};

export type OpenRecord = {
  readonly history: History;
  /** Begins to record a run; what an earlier run left unfinished is closed as interrupted. */
  readonly begin: (facts: RunFacts, init: string) => Promise<Recorder>;
};

/** A disk that hangs must not hang the run: after this an entry is given up. */
const GIVE_UP_MS = 10_000;

/**
 * Opens the preparation record of a host for one run, and keeps other runs out until this process ends.
 * @param tell told once why there is no record, or no further one; a run does not fail for that
 * @param stop aborted: do not wait any longer for another run
 */
export async function openRecord(
  stateDir: string,
  tell: (text: string) => void,
  stop: AbortSignal,
): Promise<OpenRecord> {
  const bootId = readBootId();
  const lock = await prepareStateDir(stateDir, bootId, tell, stop);
  const history = readRecord(stateDir);
  const appender = lock.ok ? openAppender(stateDir, history) : lock;
  if (!appender.ok) tell(`keeping no record in ${stateDir}: ${appender.error}`);
  return {
    history,
    async begin(facts, init) {
      if (!appender.ok) return NO_RECORDER;
      for (const start of history.unfinished) {
        const { at: startedAt, ...rest } = start;
        const at = new Date().toISOString();
        await appender.value({
          ...rest,
          type: "end",
          outcome: "interrupted",
          startedAt,
          at,
          attempts: 1,
        });
      }
      return createRecorder(
        stateDir,
        facts,
        { init, kernel: release(), bootId },
        appender.value,
        tell,
      );
    },
  };
}

const NO_RECORDER: Recorder = {
  started: () => Promise.resolve(),
  ended: () => Promise.resolve(),
  finished: () => Promise.resolve(),
};

type HostFacts = { readonly init: string; readonly kernel: string; readonly bootId: string };

function createRecorder(
  stateDir: string,
  { nodeImage = null }: { readonly nodeImage?: string | null | undefined },
  host: HostFacts,
  append: Appender,
  tell: (text: string) => void,
): Recorder {
  const { init, kernel, bootId } = host;
  const starts = new Map<Script, StartEntry>();
  let hasFailed = false;
  return {
    async started(script) {
      const at = new Date().toISOString();
      const digest = digestOf(script.path);
      const entry: StartEntry = {
        v: 1,
        type: "start",
        script: script.name,
        digest,
        nodeImage,
        kernel,
        bootId,
        at,
      };
      starts.set(script, entry);
      await record(entry);
    },
    async ended(script, { verdict, attempts }) {
      const start = starts.get(script);
      if (start === undefined) return;
      starts.delete(script);
      const at = new Date().toISOString();
      await record({ ...start, type: "end", outcome: verdict, startedAt: start.at, at, attempts });
    },
    async finished(result) {
      if (exitStatusOf(result) === 0) {
        await record({ v: 1, type: "prepared", nodeImage, at: new Date().toISOString() });
      }
      tellFailure(writeLastRun(stateDir, result, { init, nodeImage, kernel, bootId }));
    },
  };

  async function record(entry: Entry): Promise<void> {
    const appended = append(entry).then(tellFailure);
    if (!(await settlesWithin(appended, GIVE_UP_MS))) {
      tellFailure({ ok: false, error: `the disk has not answered for ${GIVE_UP_MS / 1000} s` });
    }
  }

  function tellFailure(written: Result<unknown, string>): void {
    if (written.ok || hasFailed) return;
    hasFailed = true;
    tell(`cannot record this run in ${stateDir}: ${written.error}; the run goes on`);
  }
}

async function prepareStateDir(
  stateDir: string,
  bootId: string,
  tell: (text: string) => void,
  stop: AbortSignal,
): Promise<Result<void, string>> {
  const made = makeStateDir(stateDir);
  if (!made.ok) return made;
  try {
    const isLocked = await lockStateDir(stateDir, bootId, tell, stop);
    return isLocked ? ok(undefined) : fail("another run has it");
  } catch (error) {
    return fail(messageOf(error));
  }
}

function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "unknown";
  }
}
