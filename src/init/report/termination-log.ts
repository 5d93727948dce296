import { readdirSync } from "node:fs";
import { failureOf } from "../../lib/failure/failure.ts";
import { RECORD } from "../../lib/failure/topics/record.ts";
import { startHelper, type Helper, type NoAnswer } from "../helper/helper.ts";
import type { Conclusion, Emit } from "../run/events.ts";
import type { MessageFile } from "./message-file.ts";
import {
  messageOfRefusal,
  messageOfResult,
  messageWhileRunning,
  type MessageFacts,
} from "./termination-message.ts";
import { noteOf } from "./wording.ts";

export type TerminationOptions = {
  /** As the user gave it; undefined is kubelet's default path, written only if kubelet made it. */
  readonly path: string | undefined;
  readonly facts: MessageFacts;
  readonly withOutput: boolean;
  readonly graceMs: number;
  /** Reports, once, if the message cannot be written; a run does not fail for that. */
  readonly note: (text: string) => void;
};

export type TerminationReporter = {
  /** Writes, before each script, which one runs; waits for no disk. */
  readonly report: Emit;
  /** Resolves when the last message is written, or it is reported why not. */
  readonly conclude: (conclusion: Conclusion, hurry: AbortSignal) => Promise<void>;
  readonly end: () => Promise<void>;
};

const DIRECTORY = "/dev";
const NAME = "termination-log";

/** Of the grace, within which the verdict is reported also if the disks of record and message hang. */
const CONCLUDE_SHARE = 0.3;
const CONCLUDE_MS = 500;

const END_MS = 1_000;

/** Keeps the termination message up to date: before each script, and at the end. */
export function createTerminationReporter(options: TerminationOptions): TerminationReporter {
  const { path = defaultPath(), facts, withOutput, graceMs, note } = options;
  if (path === undefined) return NO_REPORTER;
  const target = { path, create: options.path !== undefined };
  let helper: Helper<MessageFile> | undefined;
  let waiting: string | undefined;
  return {
    report(event) {
      if (event.type !== "script-started") return;
      // When the script has started: the helper's own start must not hold it up.
      if (waiting === undefined) queueMicrotask(post);
      waiting = messageWhileRunning(event.script.name, facts);
    },
    async conclude(conclusion, hurry) {
      waiting = undefined;
      const text = messageOf(conclusion, facts, withOutput);
      const ms = Math.max(graceMs * CONCLUDE_SHARE, CONCLUDE_MS);
      const written = await open().ask("write", { ...target, text }, { ms, hurry });
      const why = written.ok ? written.value : await reasonOfSilence(written.error, text);
      if (why !== undefined) complain(why);
      if (!written.ok && written.error.how === "hangs") await killHelper();
    },
    async end() {
      await helper?.end(END_MS);
    },
  };

  function open(): Helper<MessageFile> {
    helper ??= startHelper<MessageFile>("message");
    return helper;
  }

  function post(): void {
    if (waiting !== undefined) open().post("write", { ...target, text: waiting });
    waiting = undefined;
  }

  async function reasonOfSilence(silence: NoAnswer, text: string): Promise<string | undefined> {
    if (silence.how !== "ended") return "no response from its disk";
    // No process can be started, and that may be what the run failed for: then without one.
    const { MESSAGE_FILE } = await import("./message-file.ts");
    return MESSAGE_FILE.write({ ...target, text });
  }

  async function killHelper(): Promise<void> {
    const hung = open();
    helper = undefined;
    if (await hung.kill()) return;
    // Loaded when needed: only a disk that hangs asks for it.
    const { seesAllProcesses } = await import("../../lib/linux/pod.ts");
    if (seesAllProcesses()) return;
    note(
      noteOf(
        failureOf(RECORD, "KernelKeepsContainer", { path: target.path, pid: String(hung.pid) }),
      ),
    );
  }

  function complain(why: string): void {
    note(noteOf(failureOf(RECORD, "TerminationMessageNotWritten", { path: target.path, why })));
  }
}

const NO_REPORTER: TerminationReporter = {
  report: () => undefined,
  conclude: () => Promise.resolve(),
  end: () => Promise.resolve(),
};

/** kubelet's file, if there is one. Only the directory is read, which is no disk: the file may hang. */
function defaultPath(): string | undefined {
  return readdirSync(DIRECTORY).includes(NAME) ? `${DIRECTORY}/${NAME}` : undefined;
}

function messageOf(conclusion: Conclusion, facts: MessageFacts, withOutput: boolean): string {
  return conclusion.type === "run-ended"
    ? messageOfResult(conclusion.result, facts, withOutput)
    : messageOfRefusal(conclusion.failure, conclusion.problems, facts);
}
