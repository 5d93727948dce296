import { formatDuration } from "../../lib/text/duration.ts";
import { showName } from "../../lib/text/show.ts";
import type { Outline, Row } from "./outline.ts";
import { mayRunForEver, timeoutOf } from "./timeout.ts";

/** What would run, in order, with settings, and why something would not. */
export function showTable(outline: Outline): string {
  const { rows: scripts, skipped, notes, timeoutMs } = outline;
  const rows = [
    ...scripts.map((row, index) => [
      String(index + 1),
      showName(row.script.name),
      row.action,
      describeRow(row, timeoutMs),
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
  return `${[describeNode(outline), ...notes, ...lines].join("\n")}\n`;
}

function describeNode({ directory, nodeImage, nodeVersion }: Outline): string {
  const image =
    nodeImage === undefined
      ? "no node image: scripts run without NODE_IMAGE"
      : `node image ${nodeImage}`;
  const version = nodeVersion === undefined ? "no node version" : `node version ${nodeVersion}`;
  return `${showName(directory)}: ${image}, ${version}`;
}

function describeRow({ script, action, reason }: Row, given: number | undefined): string {
  if (action === "skip") return reason;
  const { settings } = script;
  const timeoutMs = timeoutOf(settings, given);
  const notes = [
    reason,
    settings.kind === "check" ? "check" : "change",
    timeoutMs === 0
      ? `no timeout${mayRunForEver(settings, given) ? " set" : ""}`
      : `timeout ${formatDuration(timeoutMs)}`,
    settings.retries > 0
      ? `retries ${settings.retries} after ${formatDuration(settings.retryDelayMs)}`
      : "",
    settings.onFailure === "warn" ? "only warns" : "",
    settings.nodeImage === undefined ? "" : `for ${settings.nodeImage}`,
    settings.once === undefined ? "" : `once ${settings.once}`,
    settings.isStrict ? "strict" : "",
    settings.hasDryRun ? "dry run" : "",
    settings.hasUndo ? "undo" : "",
  ];
  return notes.filter(Boolean).join(", ");
}
