import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Environment } from "../lib/environment.ts";
import { EXIT } from "../lib/exit-status.ts";
import { print } from "../lib/print.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { messageOf } from "../lib/text/error.ts";
import { choosePaint } from "../lib/text/paint.ts";
import { classify } from "./classify.ts";
import type { StatusConfig } from "./config.ts";
import { metricsOf } from "./metrics.ts";
import type { PodFacts } from "./pod.ts";
import { reportOf, type FleetReport } from "./report.ts";
import { FORMATS } from "./show/formats.ts";

/** @param nodes names of the nodes that should have a pod */
export function makeReport(
  pods: readonly PodFacts[],
  nodes: readonly string[],
  config: StatusConfig,
): FleetReport {
  return reportOf(classify(pods, config.container, nodes), Date.now());
}

/** Prints the report and writes the metrics; returns the exit status. */
export function showReport(report: FleetReport, config: StatusConfig, env: Environment): number {
  const onTerminal = process.stdout.isTTY;
  const width = onTerminal ? (process.stdout.columns ?? 80) : Infinity;
  const screen = { width: Math.max(20, width), paint: choosePaint(onTerminal, env) };
  print(1, FORMATS[config.output](report, screen));
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
): Result<void, string> {
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
    return fail(`cannot write ${metricsFile}: ${messageOf(error)}`);
  }
}

/** Prints why there is nothing to show; returns the exit status. */
export function refuse(error: string, exitStatus: number): number {
  print(2, `init: ${error}\n`);
  return exitStatus;
}
