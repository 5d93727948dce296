import type { ScriptFigures } from "./figures.ts";
import type { FleetReport } from "./report.ts";

/** Every cause is a time series of its own, so there must not be any number of them. */
const MOST_CAUSES = 50;

/** The report as Prometheus text (exposition format 0.0.4), with base units and no timestamps. */
export function metricsOf(report: FleetReport): string {
  const { counts, causes, figures, nodes, at } = report;
  const looping = nodes.filter(({ isCrashLooping }) => isCrashLooping).length;
  return [
    ...gauge(
      "storageos_init_nodes",
      "Nodes by the state of their preparation.",
      Object.entries(counts).map(([state, amount]) => [{ state }, amount]),
    ),
    ...gauge(
      "storageos_init_crash_looping_nodes",
      "Nodes whose init container is started again and again.",
      [[{}, looping]],
    ),
    ...gauge("storageos_init_causes", "Different causes for which nodes are not prepared.", [
      [{}, causes.length],
    ]),
    ...gauge(
      "storageos_init_cause_nodes",
      `Nodes that are not prepared, by cause, for the ${MOST_CAUSES} causes of most nodes.`,
      causes
        .slice(0, MOST_CAUSES)
        .map(({ state, script, code = "", key, nodes: those, unnamed }) => [
          { state, script, code, cause: key },
          those.length + unnamed,
        ]),
    ),
    ...summaries(figures.scripts),
    ...gauge(
      "storageos_init_status_timestamp_seconds",
      "When the cluster was looked at, in Unix time.",
      [[{}, at / 1000]],
    ),
    "",
  ].join("\n");
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

function gauge(name: string, help: string, samples: readonly Sample[]): readonly string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(([labels, value]) => sample(name, labels, value)),
  ];
}

function summaries(scripts: readonly ScriptFigures[]): readonly string[] {
  const name = "storageos_init_script_duration_seconds";
  return [
    `# HELP ${name} How long a script took on the nodes.`,
    `# TYPE ${name} summary`,
    ...scripts.flatMap(({ name: script, median, p95, max, sum, count }) => [
      sample(name, { script, quantile: "0.5" }, median / 1000),
      sample(name, { script, quantile: "0.95" }, p95 / 1000),
      sample(name, { script, quantile: "1" }, max / 1000),
      sample(`${name}_sum`, { script }, sum / 1000),
      sample(`${name}_count`, { script }, count),
    ]),
  ];
}

function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
