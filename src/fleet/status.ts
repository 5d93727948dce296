import { isTerminal } from "../lib/linux/libc.ts";
import { classify } from "./classify.ts";
import { collect, type Collected } from "./collect.ts";
import { describeQuery, listNodes, listPods, type PodQuery } from "./kubectl.ts";
import { metricsOf } from "./metrics.ts";
import type { PodFacts } from "./pod.ts";
import { reportOf, type FleetReport } from "./report.ts";
import { FORMATS } from "./show/show.ts";
import { writeDurably } from "../lib/linux/durable-file.ts";
import { choosePaint } from "../init/report/colour.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { count } from "../lib/text/show.ts";
import type { StatusConfig } from "./fleet-flags.ts";
import type { Environment } from "../cli/parse.ts";
import { print } from "../lib/print.ts";

const NOT_ALL_PREPARED = 1;
const USAGE_ERROR = 2;
const CANNOT_TELL = 3;

/** `init status`: tells the state of every node; resolves to the exit status. */
export async function status(config: StatusConfig, env: Environment): Promise<number> {
  const misuse = findMisuse(config);
  if (misuse !== undefined) return refuse(misuse, USAGE_ERROR);
  if (config.watch || config.timeoutMs > 0) {
    const { watchStatus } = await import("./status-watch.ts");
    return watchStatus(config, env);
  }
  const looked = await look(config);
  if (!looked.ok) return refuse(looked.error, CANNOT_TELL);
  const { pods, nodes } = looked.value;
  const report = makeReport(pods, nodes, config);
  if (report.total === 0) return refuse(describeNothing(pods.length, config), CANNOT_TELL);
  return tell(report, config, env);
}

/** Prints the report and writes the metrics; returns the exit status. */
export function tell(report: FleetReport, config: StatusConfig, env: Environment): number {
  const onTerminal = isTerminal(1);
  const width = onTerminal ? (process.stdout.columns ?? 80) : Infinity;
  const screen = { width: Math.max(20, width), paint: choosePaint(onTerminal, env) };
  print(1, FORMATS[config.output](report, screen));
  const written = writeMetrics(report, config);
  if (!written.ok) return refuse(written.error, CANNOT_TELL);
  return isAllPrepared(report) ? 0 : NOT_ALL_PREPARED;
}

export function isAllPrepared({ total, prepared }: FleetReport): boolean {
  return total > 0 && prepared === total;
}

/** Writes the metrics, if they are asked for. */
export function writeMetrics(
  report: FleetReport,
  { metricsFile }: StatusConfig,
): Result<unknown, string> {
  return metricsFile === undefined
    ? ok(undefined)
    : writeDurably(metricsFile, metricsOf(report), 0o644);
}

export function makeReport(
  pods: readonly PodFacts[],
  nodes: readonly string[],
  config: StatusConfig,
): FleetReport {
  return reportOf(classify(pods, config.container, nodes), Date.now());
}

export function refuse(error: string, exitStatus: number): number {
  print(2, `init: ${error}\n`);
  return exitStatus;
}

export function queryOf({ namespace, selector }: StatusConfig): PodQuery {
  return { namespace, labels: selector };
}

/** The nodes that should have a pod, if they are asked for. */
export async function lookForNodes(
  config: StatusConfig,
): Promise<Result<readonly string[], string>> {
  return config.nodes === undefined ? ok([]) : listNodes(config, config.nodes);
}

async function look(config: StatusConfig): Promise<Result<Collected, string>> {
  if (config.file !== undefined) return readFile(config.file, config);
  const [list, nodes] = await Promise.all([
    listPods(config, queryOf(config)),
    lookForNodes(config),
  ]);
  if (!list.ok) return list;
  return nodes.ok ? ok({ ...list.value, nodes: nodes.value }) : nodes;
}

async function readFile(file: string, config: StatusConfig): Promise<Result<Collected, string>> {
  const name = file === "-" ? "standard input" : file;
  try {
    const stream = file === "-" ? Bun.stdin.stream() : Bun.file(file).stream();
    const collected = await collect(stream);
    if (!collected.ok) {
      return fail(
        `cannot read ${name}: ${collected.error}; give what kubectl get pods -o json printed`,
      );
    }
    return ok(config.nodes === undefined ? { ...collected.value, nodes: [] } : collected.value);
  } catch (error) {
    return fail(`cannot read ${name}: ${(error as Error).message}`);
  }
}

function findMisuse({ file, watch, timeoutMs, nodes }: StatusConfig): string | undefined {
  if (file === undefined) return undefined;
  if (watch || timeoutMs > 0) return "cannot watch a file: leave out -f, or --watch and --timeout";
  return nodes === undefined || nodes === "all"
    ? undefined
    : "cannot choose the nodes of a file by labels: with -f give --nodes all";
}

/** Why nothing can be told, and what to do. */
function describeNothing(pods: number, config: StatusConfig): string {
  if (pods > 0) {
    return `cannot tell: of ${count(pods, "pod")} none has the init container ${config.container ?? "storageos-init"}; name it with --container`;
  }
  if (config.file !== undefined) return `cannot tell: there are no pods in ${config.file}`;
  return `cannot tell: there are no pods ${describeQuery(queryOf(config))}; give their namespace with -n and their labels with -l`;
}
