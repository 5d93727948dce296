import type { Environment } from "../lib/environment.ts";
import { EXIT } from "../lib/exit-status.ts";
import { failureOf, type Failure } from "../lib/failure/failure.ts";
import { FLEET } from "../lib/failure/topics/fleet.ts";
import { count } from "../lib/text/show.ts";
import type { StatusConfig } from "./config.ts";
import { describeQuery } from "./list.ts";
import {
  lookAtCluster,
  lookAtFile,
  nodeSelectorOf,
  podQuery,
  scopeOf,
  type Looked,
} from "./look.ts";
import { findOwners, USUAL_NAME, type Scope } from "./owners.ts";
import { makeReport, refuse, showReport } from "./show-report.ts";

/** `init status`: shows the state of every node; resolves to the exit status. */
export async function status(config: StatusConfig, env: Environment): Promise<number> {
  const scope = scopeOf(config);
  if (!scope.ok) return refuse(scope.error, EXIT.usage);
  const isExpected = nodeSelectorOf(config);
  if (!isExpected.ok) return refuse(isExpected.error, EXIT.usage);
  const { file, watch, timeoutMs } = config;
  if (watch || timeoutMs > 0) {
    if (file !== undefined) return refuse(failureOf(FLEET, "FileCannotBeWatched", {}), EXIT.usage);
    const { watchStatus } = await import("./status-watch.ts");
    return watchStatus(config, scope.value, env);
  }
  const looked =
    file === undefined
      ? await lookAtCluster(config)
      : await lookAtFile(file, scope.value, isExpected.value);
  if (!looked.ok) {
    const failure = "failure" in looked.error ? looked.error.failure : looked.error;
    return refuse(failure, EXIT.cannot);
  }
  const report = makeReport(looked.value, scope.value, Date.now());
  if (report.total === 0) {
    return refuse(describeNothing(looked.value, scope.value, config), EXIT.cannot);
  }
  return showReport(report, config, env);
}

/** Why there is nothing to report, and what to do. */
export function describeNothing(
  { snapshot, otherPods }: Looked,
  scope: Scope,
  config: StatusConfig,
): Failure {
  const { owners, ownerless, otherPods: withoutInit } = findOwners(snapshot, scope);
  const asked = describeQuery(podQuery(config));
  const where = config.file === undefined ? asked : `${asked} in ${config.file}`;
  if (owners.length > 0) {
    const daemonSets = owners.map(({ namespace, name }) => `${namespace}/${name}`).join(", ");
    return failureOf(FLEET, "NothingDesired", { daemonSets });
  }
  if (withoutInit > 0) {
    const container = scope.container ?? USUAL_NAME;
    return failureOf(FLEET, "NoInitContainer", { pods: count(withoutInit, "pod"), container });
  }
  if (ownerless > 0) {
    return failureOf(FLEET, "NoDaemonSetPods", { pods: count(ownerless, "pod"), where });
  }
  const pods = otherPods === 0 ? "" : `, and ${count(otherPods, "other pod")}`;
  return failureOf(FLEET, "NoPods", { where: `${where}${pods}` });
}
