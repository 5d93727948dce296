import { amountOf, type Cause } from "../group.ts";
import type { Remark } from "../remarks.ts";
import type { FleetReport } from "../report.ts";
import { formatCount } from "../verdict.ts";
import type { Show } from "./show.ts";
import {
  countNodes,
  describeBeginning,
  describeCrashLoops,
  describeNodes,
  describeOutput,
  formatMs,
  formatTime,
  listNodes,
  STATE_WORDS,
} from "./words.ts";

const MOST_NODES = 20;
const MOST_SCRIPTS = 10;

/** For a ticket or a chat; whatever comes from the cluster stands in code spans, so it stays text. */
export const showMarkdown: Show = (report) => {
  const parts = [
    `**${report.verdict}** (${formatTime(report.at)})`,
    ...causes("Causes", report.causes, report),
    ...causes("Warnings", report.warnings, report),
    ...remarks(report.remarks),
    ...figures(report),
  ];
  return `${parts.join("\n\n")}\n`;
};

function causes(
  title: string,
  found: readonly Cause[],
  { at, sections }: FleetReport,
): readonly string[] {
  if (found.length === 0) return [];
  const items = found.map((cause, index) => {
    const { state, script, fix, namespace } = cause;
    const within = sections.length < 2 ? "" : `${code(namespace)}: `;
    const name = cause.code === undefined ? "" : ` (${code(cause.code)})`;
    const where = script === "" ? "" : ` in ${code(script)}`;
    const output = describeOutput(cause);
    const began = describeBeginning(cause);
    const loops = describeCrashLoops(cause, at);
    const lines = [
      `${index + 1}. ${within}**${countNodes(amountOf(cause))}** ${STATE_WORDS[state]}${where}: ${code(cause.cause)}${name}`,
      ...(fix === "" ? [] : [`   - fix: ${code(fix)}`]),
      ...(cause.link === undefined ? [] : [`   - link: ${code(cause.link)}`]),
      ...(output === "" ? [] : [`   - output: ${code(output)}`]),
      ...(began === "" ? [] : [`   - began: ${code(began)}`]),
      `   - on: ${code(describeNodes(cause, MOST_NODES))}`,
      ...(loops === "" ? [] : [`   - crash-looping: ${loops}`]),
    ];
    return lines.join("\n");
  });
  return [`### ${title}`, items.join("\n")];
}

function remarks(found: readonly Remark[]): readonly string[] {
  if (found.length === 0) return [];
  const items = found.map(({ what, nodes }) =>
    nodes.length === 0
      ? `- ${code(what)}`
      : `- ${code(what)} (${countNodes(nodes.length)}: ${code(listNodes(nodes, MOST_NODES))})`,
  );
  return ["### To note", items.join("\n")];
}

function figures({ figures: { nodes, scripts } }: FleetReport): readonly string[] {
  if (nodes === undefined) return [];
  const rows = [
    ["", "median", "p95", "max", "nodes"],
    ["---", "---:", "---:", "---:", "---:"],
    ...[{ ...nodes, name: "a node" }, ...scripts.slice(0, MOST_SCRIPTS)].map((durations) => [
      // A bar would end the cell even within a code span.
      code(durations.name).replaceAll("|", "\\|"),
      formatMs(durations.median),
      formatMs(durations.p95),
      formatMs(durations.max),
      formatCount(durations.count),
    ]),
  ];
  return ["### Time in scripts", rows.map((row) => `| ${row.join(" | ")} |`).join("\n")];
}

/** A code span that no text can end (CommonMark 6.1): its fence is longer than any run of backticks in it. */
function code(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(runs.reduce((longest, run) => Math.max(longest, run.length), 0) + 1);
  const padding = /^[` ]|[` ]$/.test(text) ? " " : "";
  return `${fence}${padding}${text}${padding}${fence}`;
}
