import type { Skipped } from "./discover/data.ts";
import type { Prepared } from "./prepare.ts";
import { formatDuration } from "../lib/text/duration.ts";
import { showName } from "../lib/text/show.ts";
import { mayRunForEver, timeoutOf } from "./plan/timeout.ts";
import type { Step } from "./plan/plan.ts";
import type { Config } from "./config.ts";

/** What would run, in order, with settings, and why something would not. */
export function describePlan(
  { steps, facts, notes }: Prepared,
  skipped: readonly Skipped[],
  config: Config,
): string {
  const rows = [
    ...steps.map((step, index) => [
      String(index + 1),
      showName(step.script.name),
      ...describeStep(step, config),
    ]),
    ...skipped.map(({ name, reason }) => ["-", showName(name), "no script", reason]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return `${[describeNode(config.scripts, facts), ...notes, ...lines].join("\n")}\n`;
}

function describeNode(scriptsDir: string, { nodeImage, nodeVersion }: Prepared["facts"]): string {
  const image =
    nodeImage === undefined
      ? "no node image: scripts run without NODE_IMAGE"
      : `node image ${nodeImage}`;
  const version = nodeVersion === undefined ? "no node version" : `node version ${nodeVersion}`;
  return `${showName(scriptsDir)}: ${image}, ${version}`;
}

function describeStep({ script, skip }: Step, config: Config): readonly string[] {
  if (skip !== undefined) return ["skip", skip];
  const { settings } = script;
  const timeoutMs = timeoutOf(settings, config.timeoutMs);
  const notes = [
    settings.kind === "check" ? "check" : "change",
    timeoutMs === 0
      ? `no timeout${mayRunForEver(settings, config.timeoutMs) ? " set" : ""}`
      : `timeout ${formatDuration(timeoutMs)}`,
    settings.retries > 0
      ? `retries ${settings.retries} after ${formatDuration(settings.retryDelayMs)}`
      : "",
    settings.onFailure === "warn" ? "only warns" : "",
    settings.nodeImage === undefined ? "" : `for ${settings.nodeImage}`,
    settings.once === undefined ? "" : `once ${settings.once}`,
  ];
  return ["run", notes.filter(Boolean).join(", ")];
}
