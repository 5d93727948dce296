import { failureOf, type Failure } from "../../lib/failure/failure.ts";
import { RECORD } from "../../lib/failure/topics/record.ts";
import { startHelper, type NoAnswer, type Patience } from "../helper/helper.ts";
import { noteOf } from "../report/wording.ts";
import type { Store } from "./store.ts";

type Calls = keyof Store;
type RequestOf<Name extends Calls> = Parameters<Store[Name]>[0];
type AnswerOf<Name extends Calls> = Awaited<ReturnType<Store[Name]>>;

/** A state directory as a run uses it: through a helper process, because its disk may hang. */
export type State = {
  readonly directory: string;
  /** Off, nothing is asked any more: the disk hangs or takes no more, or the helper has ended. */
  readonly isOff: () => boolean;
  /** Switches it off for the rest of the run; only the first reason is reported. */
  readonly switchOff: (reason: Failure) => void;
  readonly post: <Name extends Calls>(name: Name, request: RequestOf<Name>) => void;
  /** @returns undefined without an answer: it is off, or `patience.stop` was aborted */
  readonly ask: <Name extends Calls>(
    name: Name,
    request: RequestOf<Name>,
    patience?: Partial<Patience>,
  ) => Promise<{ readonly answer: AnswerOf<Name> } | undefined>;
  /** To be called before the verdict is reported: a helper that hangs is killed, or reported. */
  readonly settle: () => Promise<void>;
  /**
   * Lets the helper end, and with it the lock.
   * @param isClean whether nothing is left of what the run started
   */
  readonly release: (isClean: boolean) => void;
  /** Resolves when the helper has ended, if it can. */
  readonly end: () => Promise<void>;
};

/** For all answers together. */
const DEADLINE_MS = 10_000;

/** After this long without an answer the log shows what init waits for. */
const SLOW_MS = 500;

/** How long a helper that answers may take to end. */
const END_MS = 1_000;

export function openState(directory: string, note: (text: string) => void): State {
  const helper = startHelper<Store>("state");
  let leftMs = DEADLINE_MS;
  let isOff = false;
  let hangs = false;
  return {
    directory,
    isOff: () => isOff,
    switchOff,
    post: (name, request) => (isOff ? undefined : helper.post(name, request)),
    ask,
    settle,
    release(isClean) {
      helper.post("close", { isClean });
      helper.release();
    },
    async end() {
      if (!hangs) await helper.end(END_MS);
    },
  };

  async function ask<Name extends Calls>(
    name: Name,
    request: RequestOf<Name>,
    { ms = DEADLINE_MS, ...patience }: Partial<Patience> = {},
  ): Promise<{ readonly answer: AnswerOf<Name> } | undefined> {
    if (isOff) return undefined;
    const start = performance.now();
    const answer = await helper.ask(name, request, {
      ...patience,
      ms: Math.min(ms, leftMs),
      slow: { afterMs: SLOW_MS, report: () => note(describeWait(directory, leftMs)) },
    });
    const waitedMs = performance.now() - start;
    leftMs -= waitedMs;
    if (answer.ok) return { answer: answer.value };
    if (answer.error.how === "stopped") return undefined;
    hangs = answer.error.how === "hangs";
    switchOff(failureOfSilence(answer.error, directory, DEADLINE_MS - leftMs));
    return undefined;
  }

  function switchOff(reason: Failure): void {
    if (!isOff) note(noteOf(reason));
    isOff = true;
  }

  async function settle(): Promise<void> {
    if (!hangs || (await helper.kill())) return;
    // Loaded when needed: only a disk that hangs asks for it.
    const { seesAllProcesses } = await import("../../lib/linux/pod.ts");
    if (seesAllProcesses()) return;
    const params = { path: directory, pid: String(helper.pid) };
    note(noteOf(failureOf(RECORD, "KernelKeepsContainer", params)));
  }
}

function failureOfSilence(
  silence: Exclude<NoAnswer, { how: "stopped" }>,
  directory: string,
  waitedMs: number,
): Failure {
  if (silence.how === "ended")
    return failureOf(RECORD, "HelperEnded", { directory, why: silence.why });
  const seconds = String(Math.round(waitedMs / 100) / 10);
  return failureOf(RECORD, "StateDirectoryHangs", { directory, seconds });
}

function describeWait(directory: string, leftMs: number): string {
  return `waiting for the disk of ${directory}, for up to ${Math.round(leftMs / 1000)} s`;
}
