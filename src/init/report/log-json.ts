import { isUtf8 } from "node:buffer";
import { differentFirst } from "../run/first-failure.ts";
import type { RunEvent, RunResult } from "../run/events.ts";
import type { Output } from "../run/output.ts";
import type { Outcome } from "../run/outcome.ts";
import type { Stream } from "../run/process.ts";
import { decisiveOutcome, exitStatusOf } from "../run/verdict.ts";
import type { Script } from "../discover/script.ts";
import type { Log } from "./log.ts";
import { createLineSplitter, type LineSplitter } from "../../lib/text/lines.ts";
import {
  countOutcomes,
  describeEnding,
  describeFailure,
  failureOfLong,
  failureOfStop,
  summarize,
} from "./wording.ts";

type Outputs = { readonly stdout: Output; readonly stderr: Output };

type Fields = Readonly<Record<string, unknown>>;

/**
 * The log for programs: one JSON object a line, each with time, level, event and message. What a
 * script prints is wrapped, line by line, on the stream it came from; a line that is not UTF-8 comes
 * as `base64` in the place of `text`, one that has no newline at its end with `partial`.
 */
export function createJsonLog(outputs: Outputs): Log {
  const splitters = new Map<Script, Record<Stream, LineSplitter>>();
  const splittersOf = (script: Script): Record<Stream, LineSplitter> => {
    const known = splitters.get(script);
    if (known !== undefined) return known;
    const made = { stdout: createLineSplitter(), stderr: createLineSplitter() };
    splitters.set(script, made);
    return made;
  };
  return {
    report(event) {
      void outputs.stderr.write(encode({ time: new Date().toISOString(), ...fieldsOf(event) }));
    },
    writerOf: (script) => (stream, bytes) => {
      const lines = splittersOf(script)[stream].push(bytes);
      return outputs[stream].write(wrap(script, stream, lines));
    },
    flushed: async (script) => {
      for (const stream of ["stdout", "stderr"] as const) {
        void outputs[stream].write(
          wrap(script, stream, splitters.get(script)?.[stream].end() ?? []),
        );
      }
      splitters.delete(script);
      await Promise.all([outputs.stdout.drained(), outputs.stderr.drained()]);
    },
  };
}

function encode(fields: Fields): Buffer {
  return Buffer.from(`${JSON.stringify(fields)}\n`);
}

function wrap(script: Script, stream: Stream, lines: readonly Buffer[]): Buffer {
  const time = new Date().toISOString();
  return Buffer.concat(
    lines.map((line) => {
      const isWhole = line.at(-1) === 0x0a;
      const bytes = isWhole ? line.subarray(0, -1) : line;
      const body = isUtf8(bytes)
        ? { text: bytes.toString() }
        : { base64: bytes.toString("base64") };
      const partial = isWhole ? {} : { partial: true };
      return encode({
        time,
        level: "info",
        event: "output",
        script: script.name,
        stream,
        ...body,
        ...partial,
      });
    }),
  );
}

function fieldsOf(event: RunEvent): Fields {
  const name = event.type;
  switch (event.type) {
    case "script-interrupted": {
      const { script, failure } = event;
      return { level: "warn", event: name, message: failure.cause, script, ...failure };
    }
    case "note":
      return { level: "info", event: name, message: event.text };
    case "run-refused":
      return {
        level: "error",
        event: name,
        message: `init failed: ${event.failure.cause}`,
        ...event.failure,
        problems: event.problems,
      };
    case "run-started": {
      const scripts = event.scripts.map((script) => script.name);
      const paths = event.scripts.map((script) => script.path);
      return { level: "info", event: name, message: `scripts: [${paths.join(" ")}]`, scripts };
    }
    case "script-started": {
      const { script, attempt } = event;
      return {
        level: "info",
        event: name,
        message: `exec: ${script.path}`,
        script: script.name,
        attempt,
      };
    }
    case "script-retrying": {
      const { script, delayMs, retriesLeft } = event;
      const message = `retrying after ${describeEnding(event.ending)}`;
      const { failures } = event;
      const said = failures.length === 0 ? {} : { failures };
      const base = { level: "warn", event: name, message, script: script.name };
      return { ...base, delayMs, retriesLeft, ...said };
    }
    case "script-silent": {
      const runningMs = Math.round(event.runningMs);
      const message = `still running: ${event.script.name} (${Math.round(runningMs / 1000)} s)`;
      return { level: "info", event: name, message, script: event.script.name, runningMs };
    }
    case "script-still-running": {
      const failure = failureOfLong(event);
      const { script, runningMs } = event;
      const about = { script: script.name, runningMs: Math.round(runningMs), ...failure };
      return { level: "warn", event: name, message: failure.cause, ...about };
    }
    case "output-left-open":
      return {
        level: "info",
        event: name,
        message:
          "left a process behind that still holds its output; what it prints from now on is not shown",
        script: event.script.name,
      };
    case "script-ended":
      return { event: name, ...fieldsOfOutcome(event.script, event.outcome) };
    case "leftovers-ended":
      return {
        level: event.leftovers.every(({ died }) => died) ? "info" : "error",
        event: name,
        message: "ended processes that scripts left behind",
        processes: event.leftovers,
      };
    case "run-ended": {
      const { result } = event;
      const isPrepared =
        decisiveOutcome(result.outcomes) === undefined && result.stoppedBy === undefined;
      return {
        level: isPrepared ? "info" : "error",
        event: name,
        message: isPrepared ? summarize(result, true) : `init failed: ${summarize(result, true)}`,
        status: exitStatusOf(result),
        ...(result.action === "run" ? {} : { action: result.action }),
        counts: countOutcomes(result.outcomes),
        failures: failuresOf(result),
        durationMs: result.durationMs,
        scripts: result.outcomes.map(({ script, verdict, durationMs }) => ({
          script,
          outcome: verdict,
          durationMs,
        })),
      };
    }
  }
}

function fieldsOfOutcome(script: Script, outcome: Outcome): Fields {
  const { verdict, durationMs, attempts } = outcome;
  const base = { script: script.name, outcome: verdict, durationMs, attempts };
  if (verdict === "passed" || verdict === "undone")
    return { level: "info", message: verdict, ...base };
  if (verdict === "would-change") {
    const { changes, failures } = outcome;
    const warnings = failures.length > 0 ? { failures } : {};
    return { level: "info", message: changes.join("; "), ...base, changes, ...warnings };
  }
  if (outcome.ending === undefined)
    return { level: "info", message: `${verdict}: ${outcome.reason}`, ...base };
  const first = differentFirst(outcome);
  const level = verdict === "warned" ? "warn" : "error";
  return {
    level,
    message: describeFailure(outcome, script.path),
    ...base,
    ...outcome.failures[0],
    ...(first && { first }),
    ...(outcome.failures.length > 1 ? { failures: outcome.failures } : {}),
  };
}

/** Every failure of a run with its script; that of the run itself has none. */
function failuresOf({ outcomes, stoppedBy }: RunResult): readonly Fields[] {
  const failed = outcomes.filter(({ verdict }) => verdict === "failed" || verdict === "timed-out");
  const failures = failed.flatMap(({ script, failures: own }) =>
    own.map((failure) => ({ script, ...failure })),
  );
  return failures.length > 0 || stoppedBy === undefined ? failures : [failureOfStop(stoppedBy)];
}
