import type { NodeStatus } from "../node-status.ts";
import { columns } from "./layout.ts";
import type { Show } from "./show.ts";
import { tableLines } from "./table.ts";
import { formatMs, STATE_WORDS, withCode } from "./words.ts";

const EVERYTHING = { nodes: Infinity, rows: Infinity };

const HEADER = ["NODE", "STATE", "RESTARTS", "TIME", "NODE IMAGE", "INIT", "POD", "CAUSE"];

/** As the table, with nothing shortened, and a row for every node. */
export const showWide: Show = (report, { paint }) => {
  const lines = tableLines(report, { paint, width: Infinity }, EVERYTHING);
  const rows = columns([HEADER, ...report.nodes.map(cellsOf)], (column) => [2, 3].includes(column));
  return `${[...lines, "", ...rows].join("\n")}\n`;
};

function cellsOf(status: NodeStatus): readonly string[] {
  const { node, state, restarts, scriptsMs, nodeImage, initVersion, namespace, pod } = status;
  return [
    node,
    `${STATE_WORDS[state]}${status.isCrashLooping ? ", crash-looping" : ""}`,
    String(restarts),
    formatMs(scriptsMs),
    nodeImage ?? "-",
    initVersion ?? "-",
    `${namespace ?? ""}/${pod ?? "-"}`,
    [status.script, withCode(status)].filter(Boolean).join(": "),
  ];
}
