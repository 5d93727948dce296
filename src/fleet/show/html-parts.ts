import type { Bar, Durations, Figures } from "../figures.ts";
import type { Cause } from "../group.ts";
import type { Remark } from "../remarks.ts";
import { formatCount } from "../verdict.ts";
import {
  countNodes,
  describeBeginning,
  describeCause,
  describeCrashLoops,
  describeGrouping,
  describeNodes,
  describeOutput,
  formatMs,
  listNodes,
} from "./words.ts";

/** Text that is HTML already. */
export type Markup = string;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it shows, between tags and in quoted attributes. */
export function escapeHtml(text: string): Markup {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

const NODES_AT_ONCE = 6;

/** @param isOneNamespace whether all are of the same, which then need not be named */
export function causeCards(
  title: string,
  causes: readonly Cause[],
  at: number,
  isOneNamespace: boolean,
): Markup {
  if (causes.length === 0) return "";
  const cards = causes.map((cause) => {
    const loops = describeCrashLoops(cause, at);
    const output = describeOutput(cause);
    const began = describeBeginning(cause);
    const grouping = describeGrouping(cause);
    const within = isOneNamespace ? "" : `${cause.namespace}: `;
    return [
      `<li class="is-${cause.state}"><h3>${escapeHtml(within + describeCause(cause))}</h3>`,
      cause.fix === "" ? "" : `<p class="fix">${escapeHtml(cause.fix)}</p>`,
      cause.link === undefined
        ? ""
        : `<p class="soft"><a rel="noreferrer" href="${escapeHtml(cause.link)}">${escapeHtml(cause.link)}</a></p>`,
      output === "" ? "" : `<p class="soft">output: ${escapeHtml(output)}</p>`,
      began === "" ? "" : `<p class="soft">began ${escapeHtml(began)}</p>`,
      loops === "" ? "" : `<p class="soft">crash-looping: ${escapeHtml(loops)}</p>`,
      grouping === "" ? "" : `<p class="soft">${escapeHtml(grouping)}</p>`,
      nodeList(cause),
      "</li>",
    ].join("");
  });
  return `<section><h2>${title}</h2><ol class="cards">${cards.join("\n")}</ol></section>`;
}

function nodeList(cause: Cause): Markup {
  const { nodes } = cause;
  const names = escapeHtml(describeNodes(cause, NODES_AT_ONCE));
  if (nodes.length <= NODES_AT_ONCE) return `<p class="soft">on ${names}</p>`;
  return `<details><summary>on ${names}</summary><p><code>${escapeHtml(nodes.join(" "))}</code></p></details>`;
}

export function remarkList(remarks: readonly Remark[]): Markup {
  if (remarks.length === 0) return "";
  const items = remarks.map(({ what, nodes }) => {
    const where =
      nodes.length === 0
        ? ""
        : ` (${countNodes(nodes.length)}: ${listNodes(nodes, NODES_AT_ONCE)})`;
    return `<li>${escapeHtml(what + where)}</li>`;
  });
  return `<section><h2>To note</h2><ul>${items.join("")}</ul></section>`;
}

export function figureTables({ nodes, scripts, slowestNodes, histogram }: Figures): Markup {
  if (nodes === undefined) return "";
  const rows = [{ name: "a node", slowestNode: slowestNodes[0]?.node ?? "", ...nodes }, ...scripts];
  return `<section><h2>Time in scripts</h2><div class="columns"><figure>${histogramSvg(histogram)}<figcaption>Nodes by the time that their scripts took together</figcaption></figure>
<div class="scroll"><table><thead><tr><th scope="col">Script</th><th scope="col" class="number">Median</th><th scope="col" class="number">p95</th><th scope="col" class="number">Max</th><th scope="col">Slowest</th></tr></thead><tbody>${rows.map(scriptRow).join("\n")}</tbody></table></div></div></section>`;
}

function scriptRow(
  row: Durations & { readonly name: string; readonly slowestNode: string },
): Markup {
  const numbers = [row.median, row.p95, row.max].map(
    (ms) => `<td class="number">${formatMs(ms)}</td>`,
  );
  return `<tr><td>${escapeHtml(row.name)}</td>${numbers.join("")}<td>${escapeHtml(row.slowestNode)}</td></tr>`;
}

const WIDTH = 560;
const HEIGHT = 220;
const FLOOR = HEIGHT - 26;
const CEILING = 20;

function histogramSvg(bars: readonly Bar[]): Markup {
  const most = bars.reduce((highest, { nodes }) => Math.max(highest, nodes), 1);
  const step = WIDTH / bars.length;
  const columns = bars.map(({ belowMs, nodes }, index) => {
    // A single slow node among thousands must still be seen.
    const height = nodes === 0 ? 0 : Math.max(2, (nodes / most) * (FLOOR - CEILING));
    const left = index * step;
    const middle = (left + step / 2).toFixed(1);
    return `<rect class="column" x="${(left + 2).toFixed(1)}" y="${(FLOOR - height).toFixed(1)}" width="${Math.max(1, step - 4).toFixed(1)}" height="${height.toFixed(1)}" rx="2"/><text class="value" x="${middle}" y="${(FLOOR - height - 5).toFixed(1)}">${nodes === 0 ? "" : formatCount(nodes)}</text><text x="${middle}" y="${HEIGHT - 8}">&lt; ${formatMs(belowMs)}</text>`;
  });
  const told = bars.map(({ belowMs, nodes }) => `${countNodes(nodes)} below ${formatMs(belowMs)}`);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(told.join(", "))}">${columns.join("")}</svg>`;
}
