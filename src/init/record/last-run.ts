import { exitStatusOf } from "../run/verdict.ts";
import type { RunResult } from "../run/events.ts";
import type { Outcome } from "../run/outcome.ts";

/** The text of `last-run.json`: all outcomes of a run with the last 4 KiB of each stream, for people and support. */
export function describeLastRun(
  result: RunResult,
  facts: Readonly<Record<string, unknown>>,
): string {
  const run = {
    v: 1,
    ...facts,
    action: result.action === "run" ? undefined : result.action,
    startedAt: new Date(result.startedAt).toISOString(),
    durationMs: result.durationMs,
    status: exitStatusOf(result),
    scripts: result.outcomes.map(describe),
  };
  return `${JSON.stringify(run, undefined, 2)}\n`;
}

function describe(outcome: Outcome): Readonly<Record<string, unknown>> {
  const { script, verdict, ending, reason, startedAt, durationMs, attempts, failures, tail } =
    outcome;
  return {
    script,
    outcome: verdict,
    ending,
    reason,
    startedAt: attempts === 0 ? undefined : new Date(startedAt).toISOString(),
    durationMs,
    attempts,
    first: outcome.first,
    failures: failures.length === 0 ? undefined : failures,
    stdout: textOf(tail.stdout),
    stderr: textOf(tail.stderr),
  };
}

function textOf(bytes: Uint8Array): string | undefined {
  return bytes.length === 0 ? undefined : new TextDecoder().decode(bytes);
}
