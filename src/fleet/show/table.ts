import type { Paint } from "../../lib/text/paint.ts";
import type { Cause } from "../group.ts";
import type { FleetReport, Remark } from "../report.ts";
import { clip, columns, wrap } from "./layout.ts";
import type { Screen, Show } from "./show.ts";
import {
  countNodes,
  describeCause,
  describeCrashLoops,
  describeWordings,
  formatMs,
  listNodes,
} from "./words.ts";

/** How many of each are shown before the rest is counted. */
type Limits = { readonly nodes: number; readonly rows: number };

const SHORT: Limits = { nodes: 8, rows: 5 };

/** For a terminal: the verdict, causes, warnings, remarks, and what took longest. */
export const showTable: Show = (report, screen) =>
  `${tableLines(report, screen, SHORT).join("\n")}\n`;

export function tableLines(report: FleetReport, screen: Screen, limits: Limits): readonly string[] {
  const { paint } = screen;
  const verdictPaint = report.prepared === report.total ? paint.green : paint.red;
  return [
    ...wrap(report.verdict, screen.width, "", "  ").map(verdictPaint),
    ...section(
      "",
      report.causes.flatMap((cause, index) => causeLines(cause, index, paint.red)),
    ),
    ...section(
      "Warnings",
      report.warnings.flatMap((cause, index) => causeLines(cause, index, paint.yellow)),
    ),
    ...section("To note", report.remarks.flatMap(remarkLines)),
    ...section("Time in scripts", figureLines(report, screen.width, limits.rows)),
  ];

  function causeLines(cause: Cause, index: number, colour: Paint["red"]): readonly string[] {
    const indent = "   ";
    const told = [
      ["fix", cause.fix],
      ["on", listNodes(cause.nodes, limits.nodes)],
      ["crash-looping", describeCrashLoops(cause, report.at)],
      ["note", describeWordings(cause)],
    ].filter(([, text]) => text !== "");
    return [
      ...wrap(describeCause(cause), screen.width, `${index + 1}. `, indent).map(colour),
      ...told.flatMap(([name, text]) =>
        wrap(`${name}: ${text}`, screen.width, indent, `${indent}  `),
      ),
    ];
  }

  function remarkLines({ what, nodes }: Remark): readonly string[] {
    const where =
      nodes.length === 0 ? "" : ` (${countNodes(nodes.length)}: ${listNodes(nodes, limits.nodes)})`;
    return wrap(what + where, screen.width, "- ", "  ");
  }
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return ["", ...(title === "" ? [] : [title]), ...lines];
}

function figureLines({ figures }: FleetReport, width: number, most: number): readonly string[] {
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
