import type { Script } from "../discover/script.ts";
import { timeoutOf } from "../plan/timeout.ts";
import { environmentOf, type Action, type ScriptEnvironments } from "./environment.ts";
import type { Emit } from "./events.ts";
import type { GivenFailure } from "../../lib/contract/script-message.ts";
import type { Ended } from "./failures-of.ts";
import type { Ending, Outcome, Tail } from "./outcome.ts";
import type { FirstFailure } from "../../lib/contract/first-failure.ts";
import type { Verdict } from "../../lib/contract/verdict.ts";
import type { Printed } from "./cause/printed.ts";
import { runProcess, type ProcessRequest, type WriteOutput } from "./process.ts";
import type { Redaction } from "./secrets.ts";
import type { ScriptProcesses } from "./script-processes.ts";
import type { Stop } from "./stop.ts";
import { verdictOf } from "./verdict.ts";
import { wait } from "./wait.ts";
import { newPathIn, takeMessage } from "./work-dir.ts";

const SUCCESSES: ReadonlySet<Verdict> = new Set(["passed", "would-change", "undone"]);

/** A delay that doubles without an end would outlast every node. */
const LONGEST_DELAY_MS = 3_600_000;

/** What all scripts of a run share. */
export type RunContext = {
  readonly action: Action;
  /** What every script is told. */
  readonly env: ScriptEnvironments;
  /** Scripts that an earlier run did not bring to their end. */
  readonly interrupted: ReadonlySet<string>;
  /** Of every script that sets none; 0 is none; undefined as in timeoutOf. */
  readonly timeoutMs: number | undefined;
  /** Codes of failures that are warnings; a script with strict=yes is exempt. */
  readonly warnCodes: readonly string[];
  readonly failOnWarning: boolean;
  readonly graceMs: number;
  /** Checks at once. */
  readonly jobs: number;
  readonly stop: Stop;
  readonly processes: ScriptProcesses;
  /** Called before each script starts and after it ended. */
  readonly recorder: {
    readonly started: (script: Script) => void;
    /** How the series of a script's failures began that goes on now, in an earlier run. */
    readonly firstFailureOf: (script: Script) => FirstFailure | undefined;
    readonly ended: (script: Script, outcome: Outcome) => void;
  };
  /** Whether what a script printed may leave the log (--event-output). */
  readonly eventOutput: "tail" | "none";
  /** What takes secrets out of what is reported; loaded by the first call. */
  readonly redaction: () => Promise<Redaction>;
  /** Where each script gets a file for its message; undefined if nothing is writable. */
  readonly workDir: string | undefined;
};

/** Where one script's reports and output go, and what it shares with scripts that run beside it. */
export type Place = {
  readonly emit: Emit;
  readonly write: WriteOutput;
  readonly isAlone: boolean;
  readonly room: ProcessRequest["room"];
};

/** Runs one script, again for as long as it fails and has retries left, and tells what became of it. */
export async function runScript(
  script: Script,
  context: RunContext,
  { emit, write, isAlone, room }: Place,
): Promise<Outcome> {
  const { settings } = script;
  const startedAt = Date.now();
  const start = performance.now();
  const messagePath = newPathIn(context.workDir, "message") ?? "";
  const env: Record<string, string> = {
    ...environmentOf(script.path, context.env),
    SCRIPT_NAME: script.name,
    TERMINATION_MESSAGE_PATH: messagePath,
  };
  if (context.interrupted.has(script.name)) env["PREVIOUS_RUN"] = "interrupted";
  const mark = isAlone ? undefined : `SCRIPT_NAME=${script.name}`;
  let first: FirstFailure | undefined;
  for (let attempt = 1; ; attempt++) {
    emit({ type: "script-started", script, attempt });
    const { ending, tail, printed, leftovers, isLeftOpen } = await runProcess({
      path: script.path,
      env,
      write,
      timeoutMs: timeoutOf(settings, context.timeoutMs),
      graceMs: context.graceMs,
      stop: context.stop,
      processes: context.processes,
      mark,
      room,
      onSilence: (runningMs) => emit({ type: "script-silent", script, runningMs }),
      onLong: (runningMs, soFar) => {
        void describeLong(soFar, mark, context).then((about) =>
          emit({ type: "script-still-running", script, runningMs, ...about }),
        );
      },
    });
    const isShown = context.action === "dry-run" && settings.hasDryRun && isSuccess(ending);
    const { given, remarks, changes } = await readMessage(messagePath, isShown);
    if (isLeftOpen) emit({ type: "output-left-open", script });
    if (leftovers.length > 0) emit({ type: "leftovers-ended", leftovers });
    for (const text of remarks) emit({ type: "note", text: `${script.name}: ${text}` });
    const left = changes.length > 0 ? "changes" : given.length > 0 ? "message" : "nothing";
    const own = verdictOf(ending, left, {
      onFailure: settings.onFailure,
      action: context.action,
    });
    const explained = await explain(own, { ending, given, printed, tail, changes }, context);
    const verdict = asChosen(own, explained, script, context);
    const retriesLeft = settings.retries + 1 - attempt;
    if (mayRetry(ending) && retriesLeft > 0 && !context.stop.requested.aborted) {
      const delayMs = Math.min(settings.retryDelayMs * 2 ** (attempt - 1), LONGEST_DELAY_MS);
      first ??= await firstOf(explained);
      // What a script left of itself is not to be lost; its output is in the log already.
      const failures = given.length === 0 ? [] : explained.failures;
      emit({ type: "script-retrying", script, ending, failures, delayMs, retriesLeft });
      if (ending.how !== "exited") env["PREVIOUS_RUN"] = "interrupted";
      await wait(delayMs, context.stop.requested);
      if (!context.stop.requested.aborted) continue;
    }
    const durationMs = Math.round(performance.now() - start);
    return {
      script: script.name,
      verdict,
      ending,
      reason: undefined,
      startedAt,
      durationMs,
      attempts: attempt,
      ...explained,
      first: SUCCESSES.has(verdict) ? undefined : first,
    };
  }
}

/** What the user's flags make of a failure or a warning. In an undo neither counts. */
function asChosen(
  verdict: Verdict,
  { failures }: Explained,
  { settings }: Script,
  { action, warnCodes, failOnWarning }: RunContext,
): Verdict {
  if (action === "undo") return verdict;
  const isAccepted = failures.length > 0 && failures.every(({ code }) => warnCodes.includes(code));
  const chosen = verdict === "failed" && isAccepted && !settings.isStrict ? "warned" : verdict;
  return chosen === "warned" && failOnWarning ? "failed" : chosen;
}

type Message = {
  readonly given: readonly GivenFailure[];
  readonly remarks: readonly string[];
  readonly changes: readonly string[];
};

/**
 * What the script left; its reader is loaded only where there is something to read.
 * @param isShown whether its plain lines show what it would change
 */
async function readMessage(path: string, isShown: boolean): Promise<Message> {
  const text = takeMessage(path);
  if (text.trim() === "") return { given: [], remarks: [], changes: [] };
  const reader = await import("../../lib/contract/script-message.ts");
  if (isShown) {
    const { failures: given, remarks, changes } = reader.readDryRunMessage(text);
    return { given, remarks, changes };
  }
  const { failures: given, remarks } = reader.readScriptMessage(text);
  return { given, remarks, changes: [] };
}

function isSuccess(ending: Ending): boolean {
  return ending.how === "exited" && ending.status === 0;
}

/** What a script that runs long does; loaded where one does. */
async function describeLong(
  printed: () => Printed,
  mark: string | undefined,
  { eventOutput, processes, redaction }: RunContext,
): Promise<{ readonly lastLine: string; readonly waits: string }> {
  const { describeWaits, lookAtWaits } = await import("./waits.ts");
  const { lastActivity } = await import("./cause/cause.ts");
  const { text: redact } = await redaction();
  const scope = mark === undefined ? "all" : { leader: 0, mark };
  const pids = processes.living(scope).map(({ pid }) => pid);
  const lastLine = eventOutput === "tail" ? redact(lastActivity(printed())) : "";
  return { lastLine, waits: redact(describeWaits(lookAtWaits(pids))) };
}

type Explained = Pick<Outcome, "failures" | "reported" | "output" | "tail" | "changes">;

/** The failures of an outcome without secrets; their words are loaded with the first of them. */
async function explain(
  verdict: Verdict,
  { tail, printed, changes: left, ...ended }: Unexplained,
  { eventOutput, redaction }: RunContext,
): Promise<Explained> {
  if (verdict === "passed" || verdict === "undone")
    return { failures: [], reported: [], output: "", tail, changes: [] };
  const { failuresOf, outputBeside } = await import("./failures-of.ts");
  const redact = await redaction();
  const changes = left.map(redact.text);
  if (changes.length > 0 && ended.given.length === 0)
    return { failures: [], reported: [], output: "", tail: redact.tail(tail), changes };
  const whole = { ...ended, printed: printed() };
  const failures = redact.failures(failuresOf(whole, true));
  const isQuoted = eventOutput === "tail";
  return {
    failures,
    reported: isQuoted ? failures : redact.failures(failuresOf(whole, false)),
    output: isQuoted ? redact.text(outputBeside(whole)) : "",
    tail: redact.tail(tail),
    changes,
  };
}

type Unexplained = Omit<Ended, "printed"> & {
  readonly changes: readonly string[];
  readonly printed: () => Printed;
  readonly tail: Tail;
};

async function firstOf({ reported }: Explained): Promise<FirstFailure | undefined> {
  const [failure] = reported;
  const { firstFailure } = await import("./first-failure.ts");
  return failure && firstFailure(failure, new Date().toISOString());
}

function mayRetry(ending: Ending): boolean {
  if (ending.how === "exited") return ending.status !== 0;
  return ending.how === "signalled" || (ending.how === "timed-out" && ending.deadline === "script");
}
