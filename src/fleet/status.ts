import type { Environment } from "../lib/environment.ts";
import { EXIT } from "../lib/exit-status.ts";
import { count } from "../lib/text/show.ts";
import type { StatusConfig } from "./config.ts";
import { describeQuery } from "./kubectl.ts";
import { look, queryOf } from "./look.ts";
import { makeReport, refuse, showReport } from "./show-report.ts";

/** `init status`: shows the state of every node; resolves to the exit status. */
export async function status(config: StatusConfig, env: Environment): Promise<number> {
  const misuse = findMisuse(config);
  if (misuse !== undefined) return refuse(misuse, EXIT.usage);
  if (config.watch || config.timeoutMs > 0) {
    const { watchStatus } = await import("./status-watch.ts");
    return watchStatus(config, env);
  }
  const looked = await look(config);
  if (!looked.ok) return refuse(looked.error, EXIT.cannot);
  const { pods, nodes } = looked.value;
  const report = makeReport(pods, nodes, config);
  if (report.total === 0) return refuse(describeNothing(pods.length, config), EXIT.cannot);
  return showReport(report, config, env);
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
