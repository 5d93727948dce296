import type { Environment } from "../../lib/environment.ts";
import { readBootId } from "../../lib/linux/boot-id.ts";
import type { EventReporterOptions } from "../kubernetes/post-events.ts";
import { createNodeConditionReporter } from "./condition.ts";
import { createEventsReporter, type EventsReporter } from "./events.ts";

export type ClusterReporterOptions = Omit<EventReporterOptions, "spreadMs"> & {
  readonly env: Environment;
  readonly events: "auto" | "off";
  /** The condition's type; undefined = none. */
  readonly nodeCondition: string | undefined;
};

/** What the API server is told of a run: pod events, and the node's condition. Outside a cluster nothing. */
export function createClusterReporter(options: ClusterReporterOptions): EventsReporter {
  const { env, events, nodeCondition, openCluster, eventOutput } = options;
  const isInCluster = Boolean(env["KUBERNETES_SERVICE_HOST"]);
  const log = once(options.log);
  const withOutput = eventOutput === "tail";
  const reporters: EventsReporter[] = [];
  if (isInCluster && events === "auto") reporters.push(createEventsReporter({ ...options, log }));
  if (isInCluster && nodeCondition !== undefined) {
    const condition = { type: nodeCondition, bootId: readBootId(), openCluster, log, withOutput };
    reporters.push(createNodeConditionReporter(condition));
  }
  return {
    report: (event) => reporters.forEach(({ report }) => report(event)),
    close: async (budgetMs) => {
      await Promise.all(reporters.map(async ({ close }) => close(budgetMs)));
    },
  };
}

/** Both may fail for the same reason. */
function once(log: (line: string) => void): (line: string) => void {
  const logged = new Set<string>();
  return (line) => {
    if (!logged.has(line)) log(line);
    logged.add(line);
  };
}
