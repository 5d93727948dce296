import type { Paint } from "../../lib/text/paint.ts";
import type { Cause } from "../group.ts";
import type { Remark } from "../remarks.ts";
import type { FleetReport, Section } from "../report.ts";
import { clip, columns, wrap } from "./layout.ts";
import type { Screen, Show } from "./show.ts";
import {
  countNodes,
  describeBeginning,
  describeCause,
  describeCrashLoops,
  describeGrouping,
  describeNodes,
  describeOutput,
  describeSince,
  formatMs,
  listNodes,
} from "./words.ts";

/** How many of each are shown before the rest is counted. */
type Limits = { readonly nodes: number; readonly rows: number };

/** Some lines of a terminal: the log has the rest. */
const OUTPUT_COLUMNS = 300;

const SHORT: Limits = { nodes: 8, rows: 5 };

/** For a terminal: the verdict, causes, warnings, remarks, and what took longest. */
export const showTable: Show = (report, screen) =>
  `${tableLines(report, screen, SHORT).join("\n")}\n`;

export function tableLines(report: FleetReport, screen: Screen, limits: Limits): readonly string[] {
  const { sections, remarks, notes, verdict } = report;
  const lines = partLines(report, screen, limits);
  if (sections.length < 2) return lines(verdict, remarks);
  return [
    ...verdictLines(report, verdict, screen),
    ...sections.flatMap((part) => [
      "",
      ...partLines(
        { ...part, at: report.at },
        screen,
        limits,
      )(`Namespace ${part.namespace}: ${part.verdict}`, part.remarks),
    ]),
    ...noteLines(notes, screen, limits),
  ];
}

type Part = Omit<Section, "namespace"> & { readonly at: number };

function verdictLines(
  { prepared, total }: Pick<Part, "prepared" | "total">,
  verdict: string,
  { width, paint }: Screen,
): readonly string[] {
  return wrap(verdict, width, "", "  ").map(prepared === total ? paint.green : paint.red);
}

/** What is known of one namespace, or of all as one. */
function partLines(part: Part, screen: Screen, limits: Limits) {
  const { paint } = screen;
  return (verdict: string, remarks: readonly Remark[]): readonly string[] => [
    ...verdictLines(part, verdict, screen),
    ...section(
      "",
      part.causes.flatMap((cause, index) => causeLines(cause, index, paint.red)),
    ),
    ...section(
      "Warnings",
      part.warnings.flatMap((cause, index) => causeLines(cause, index, paint.yellow)),
    ),
    ...noteLines(remarks, screen, limits),
    ...section("Time in scripts", figureLines(part, screen.width, limits.rows)),
  ];

  function causeLines(cause: Cause, index: number, colour: Paint["red"]): readonly string[] {
    const indent = "   ";
    const since = cause.mostRestarts === 0 ? "since" : "restarts";
    const facts = [
      ["fix", cause.fix],
      ["link", cause.link ?? ""],
      ["output", clip(describeOutput(cause), OUTPUT_COLUMNS)],
      ["began", describeBeginning(cause)],
      ["on", describeNodes(cause, limits.nodes)],
      ["crash-looping", describeCrashLoops(cause, part.at)],
      [since, describeSince(cause, part.at)],
      ["note", describeGrouping(cause)],
    ].filter(([, text]) => text !== "");
    return [
      ...wrap(describeCause(cause), screen.width, `${index + 1}. `, indent).map(colour),
      ...facts.flatMap(([name, text]) =>
        wrap(`${name}: ${text}`, screen.width, indent, `${indent}  `),
      ),
    ];
  }
}

function noteLines(
  remarks: readonly Remark[],
  { width }: Screen,
  limits: Limits,
): readonly string[] {
  return section(
    "To note",
    remarks.flatMap(({ what, nodes }) => {
      const names = listNodes(nodes, limits.nodes);
      const where = nodes.length === 0 ? "" : ` (${countNodes(nodes.length)}: ${names})`;
      return wrap(what + where, width, "- ", "  ");
    }),
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return ["", ...(title === "" ? [] : [title]), ...lines];
}

function figureLines({ figures }: Part, width: number, most: number): readonly string[] {
  if (figures.nodes === undefined) return [];
  const scripts = figures.scripts.slice(0, most);
  const rows = [
    ["", "MEDIAN", "P95", "MAX", "SLOWEST"],
    ["a node", ...numbersOf(figures.nodes), figures.slowestNodes[0]?.node ?? ""],
    ...scripts.map((script) => [script.name, ...numbersOf(script), script.slowestNode]),
  ];
  const more = figures.scripts.length - scripts.length;
  const slowest = figures.slowestNodes
    .slice(0, most)
    .map(({ node, ms }) => `${node} ${formatMs(ms)}`)
    .join(", ");
  return [
    ...columns(rows, (column) => column >= 1 && column <= 3).map((line) => clip(line, width)),
    ...(more > 0 ? [`and ${more} quicker scripts`] : []),
    ...wrap(`slowest nodes: ${slowest}`, width, "", "  "),
  ];
}

function numbersOf(durations: {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}): readonly string[] {
  return [formatMs(durations.median), formatMs(durations.p95), formatMs(durations.max)];
}
