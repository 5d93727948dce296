import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Environment } from "../lib/environment.ts";
import { EXIT } from "../lib/exit-status.ts";
import { failureOf, type Failure } from "../lib/failure/failure.ts";
import { FLEET } from "../lib/failure/topics/fleet.ts";
import { print } from "../lib/print.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { messageOf } from "../lib/text/error.ts";
import { choosePaint } from "../lib/text/paint.ts";
import { joinSentences } from "../lib/text/show.ts";
import { classify } from "./classify.ts";
import type { StatusConfig } from "./config.ts";
import type { Looked } from "./look.ts";
import { metricsOf } from "./metrics.ts";
import type { Scope } from "./owners.ts";
import { reportOf, type FleetReport } from "./report.ts";
import { FORMATS } from "./show/formats.ts";

/** @param at when it was seen, in milliseconds since the epoch */
export function makeReport({ snapshot, notes }: Looked, scope: Scope, at: number): FleetReport {
  return reportOf(classify(snapshot, scope), at, notes);
}

/** Prints the report and writes the metrics; returns the exit status. */
export function showReport(report: FleetReport, config: StatusConfig, env: Environment): number {
  const onTerminal = process.stdout.isTTY;
  const width = onTerminal ? (process.stdout.columns ?? 80) : Infinity;
  const screen = { width: Math.max(20, width), paint: choosePaint(onTerminal, env) };
  const error = print(1, FORMATS[config.output](report, screen));
  if (error !== undefined) {
    return refuse(failureOf(FLEET, "OutputFailed", { why: error }), EXIT.cannot);
  }
  const written = writeMetrics(report, config);
  if (!written.ok) return refuse(written.error, EXIT.cannot);
  return isAllPrepared(report) ? EXIT.success : EXIT.failure;
}

export function isAllPrepared({ total, prepared }: FleetReport): boolean {
  return total > 0 && prepared === total;
}

/** Writes the metrics, if they are asked for: in one step, since a collector reads at any moment. */
export function writeMetrics(
  report: FleetReport,
  { metricsFile }: StatusConfig,
): Result<void, Failure> {
  if (metricsFile === undefined) return ok(undefined);
  const aside = `${metricsFile}.${crypto.randomUUID()}.tmp`;
  try {
    writeFileSync(aside, metricsOf(report), { flag: "wx" });
    // Whatever the umask is: the collector is another user.
    chmodSync(aside, 0o644);
    renameSync(aside, metricsFile);
    return ok(undefined);
  } catch (error) {
    rmSync(aside, { force: true });
    return fail(failureOf(FLEET, "MetricsFailed", { file: metricsFile, why: messageOf(error) }));
  }
}

/** Prints why there is nothing to show; returns the exit status. */
export function refuse(failure: Failure, exitStatus: number): number {
  print(2, `init: ${lineOf(failure)}\n`);
  return exitStatus;
}

/** A failure in one line: what happened and what to do. */
export function lineOf({ cause, fix }: Failure): string {
  return joinSentences(cause, fix);
}
