import type { NodeState, NodeStatus } from "../node-status.ts";
import { isPrepared, NODE_STATES } from "../node-status.ts";
import type { FleetReport } from "../report.ts";
import { formatCount } from "../verdict.ts";
import { causeCards, escapeHtml, figureTables, remarkList, type Markup } from "./html-parts.ts";
import pageText from "./page.html" with { type: "text" };
import type { Show } from "./show.ts";
import { formatMs, formatTime, STATE_WORDS, withCode } from "./words.ts";

// The types know only the other ways in which a page can be imported.
const PAGE = pageText as unknown as string;

/** Colour is never the only sign of a state. */
const GLYPHS: Readonly<Record<NodeState, string>> = {
  failed: "✗",
  "timed-out": "T",
  unknown: "?",
  "no-pod": "∅",
  "not-started": "·",
  running: "▸",
  warned: "!",
  prepared: "✓",
};

/** So many squares of the usual size fill a screen. */
const MANY_NODES = 1_200;

/** One file that works offline; its policy lets nothing run or load but its own style and script. */
export const showHtml: Show = (report) => {
  const rows = report.nodes.map((status, index) => ({ status, index }));
  const values: Readonly<Record<string, Markup>> = {
    policy: POLICY,
    verdict: escapeHtml(report.verdict),
    time: escapeHtml(formatTime(report.at)),
    share: shareBar(report),
    legend: legend(report),
    density: report.total > MANY_NODES ? "dense" : "",
    grid: report.nodes.map(({ state }) => cell(state)).join(""),
    causes:
      causeCards("Causes", report.causes, report.at, report.sections.length < 2) +
      causeCards("Warnings", report.warnings, report.at, report.sections.length < 2),
    remarks: remarkList(report.remarks),
    figures: figureTables(report.figures),
    rows: nodeTable(rows.filter(({ status }) => !isPrepared(status.state))),
    data: dataOf(report.nodes),
  };
  return PAGE.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
};

const POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(/<style>([^]*?)<\/style>/)}'`,
  `script-src '${hashOf(/<script>([^]*?)<\/script>/)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** As Content-Security-Policy names what is inline. */
function hashOf(pattern: RegExp): string {
  const content = pattern.exec(PAGE)?.[1] ?? "";
  return `sha256-${new Bun.CryptoHasher("sha256").update(content).digest("base64")}`;
}

function cell(state: NodeState): Markup {
  return `<i class="${state}">${GLYPHS[state]}</i>`;
}

function shareBar({ counts, total }: FleetReport): Markup {
  let x = 0;
  const parts = NODE_STATES.toReversed().map((state) => {
    const width = total === 0 ? 0 : (counts[state] / total) * 1000;
    const part = `<rect class="${state}" x="${x}" y="0" width="${width}" height="10"/>`;
    x += width;
    return part;
  });
  return `<svg class="share" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${parts.join("")}</svg>`;
}

function legend({ counts }: FleetReport): Markup {
  return NODE_STATES.filter((state) => counts[state] > 0)
    .map(
      (state) =>
        `<li><button type="button" aria-pressed="false" data-state="${state}">${cell(state)} ${formatCount(counts[state])} ${STATE_WORDS[state]}</button></li>`,
    )
    .join("");
}

/** Read by the page's script; each node an array that begins with its name and its state. */
function dataOf(nodes: readonly NodeStatus[]): Markup {
  const data = nodes.map((status) => [
    status.node,
    status.state,
    status.isCrashLooping
      ? `${STATE_WORDS[status.state]}, crash-looping`
      : STATE_WORDS[status.state],
    status.script,
    withCode(status),
    status.fix,
    status.restarts === 0 ? "" : `restarts: ${status.restarts}`,
    status.scriptsMs === undefined ? "" : formatMs(status.scriptsMs),
    status.nodeImage ?? "",
    status.initVersion === undefined ? "" : `init ${status.initVersion}`,
    status.pod === undefined ? "" : `${status.namespace}/${status.pod}`,
  ]);
  // No "<" means that nothing in it can end the script element or begin a comment.
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

type Row = { readonly status: NodeStatus; readonly index: number };

function nodeTable(rows: readonly Row[]): Markup {
  if (rows.length === 0) return "";
  const lines = rows.map(({ status, index }) => {
    const cells = [
      escapeHtml(status.node),
      `${cell(status.state)} ${STATE_WORDS[status.state]}${status.isCrashLooping ? ", crash-looping" : ""}`,
      escapeHtml(status.script),
      escapeHtml(withCode(status)),
      String(status.restarts),
    ];
    return `<tr data-node="${index}">${cells.map((text) => `<td>${text}</td>`).join("")}</tr>`;
  });
  const head = ["Node", "State", "Script", "Cause", "Restarts"];
  return `<section><h2>Nodes that are not prepared</h2><div class="scroll"><table><thead><tr>${head
    .map((title) => `<th scope="col">${title}</th>`)
    .join("")}</tr></thead><tbody>${lines.join("\n")}</tbody></table></div></section>`;
}
