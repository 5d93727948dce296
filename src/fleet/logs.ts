import { EXIT } from "../lib/exit-status.ts";
import { failureOf, type Failure } from "../lib/failure/failure.ts";
import { FLEET_LOGS } from "../lib/failure/topics/fleet-logs.ts";
import { print } from "../lib/print.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { LogsConfig } from "./config.ts";
import { word } from "./judge-pod.ts";
import { judgeOwner, judgeAlone } from "./classify.ts";
import type { PodVerdict } from "./judge-pod.ts";
import { describeQuery, listAll, type ListQuery } from "./list.ts";
import { lookAtOwners, lookedOf, podQuery, scopeOf } from "./look.ts";
import { findOwners, type Scope } from "./owners.ts";
import type { InitContainer } from "./pod.ts";
import { printLog, type LogSource } from "./pod-log.ts";
import { describeFinding } from "./show/words.ts";
import { refuse } from "./show-report.ts";

/**
 * `init logs`: prints what init printed on a node, the run before and the last one; resolves to the
 * exit status.
 * @param target NODE, POD, node/NODE or pod/POD; undefined with --all-failed
 */
export async function logs(target: string | undefined, config: LogsConfig): Promise<number> {
  const scope = scopeOf(config);
  if (!scope.ok) return refuse(scope.error, EXIT.usage);
  if (config.allFailed && target === undefined) {
    const { logsOfAllFailed } = await import("./logs-all.ts");
    return logsOfAllFailed(config, scope.value);
  }
  const parsed = parseTarget(target ?? "");
  if (parsed === undefined || config.allFailed) {
    return refuse(failureOf(FLEET_LOGS, "LogTargetInvalid", { target: target ?? "" }), EXIT.usage);
  }
  const found = await findPods(parsed, config, scope.value);
  if (!found.ok) return refuse(found.error, EXIT.cannot);
  let exitStatus: number = EXIT.success;
  for (const place of found.value) {
    for (const init of place.verdict.inits) {
      const status = await showRuns(place, init, config);
      if (status !== EXIT.success) exitStatus = status;
    }
  }
  return exitStatus;
}

type Target = { readonly kind: "node" | "pod" | "either"; readonly name: string };

/** undefined if nothing in Kubernetes can have such a name. */
function parseTarget(text: string): Target | undefined {
  const [, kind, name = ""] =
    /^(?:(nodes?|no|pods?|po)\/)?([a-z\d](?:[-a-z\d.]*[a-z\d])?)$/i.exec(text) ?? [];
  if (name === "") return undefined;
  if (kind === undefined) return { kind: "either", name };
  return { kind: kind.startsWith("p") ? "pod" : "node", name };
}

/** A pod, and the node that it is on. */
export type Place = { readonly node: string; readonly verdict: PodVerdict };

/** The pods on the node of this name, or else the pod of this name. */
async function findPods(
  { kind, name }: Target,
  config: LogsConfig,
  scope: Scope,
): Promise<Result<readonly Place[], Failure>> {
  const owners = await lookAtOwners(config);
  if (!owners.ok) return fail(owners.error.failure);
  const query = podQuery(config);
  const look = async (
    fields: string,
    chosen: ListQuery,
  ): Promise<Result<readonly Place[], Failure>> => {
    const list = await listAll(config, { ...chosen, fields }, { wants: () => true });
    if (!list.ok) return fail(list.error.failure);
    const { snapshot } = lookedOf(list.value, owners.value);
    const places = findOwners(snapshot, scope).owners.flatMap((owner) =>
      [...judgeOwner(owner).byNode].map(([node, verdict]) => ({ node, verdict })),
    );
    // A pod that is named is shown, whatever it is of.
    return ok(
      places.length > 0 || kind !== "pod"
        ? places
        : snapshot.pods.map((pod) => judgeAlone(pod, scope)),
    );
  };
  if (kind !== "pod") {
    const onNode = await look(`spec.nodeName=${name}`, query);
    if (!onNode.ok || onNode.value.length > 0) return onNode;
    // A pod that cannot be scheduled is on no node yet.
    const waiting = await look("spec.nodeName=", query);
    if (!waiting.ok) return waiting;
    const forNode = waiting.value.filter(({ node }) => node === name);
    if (forNode.length > 0) return ok(forNode);
  }
  if (kind !== "node") {
    const named = await look(
      `metadata.name=${name}`,
      kind === "pod" ? { ...query, labels: "" } : query,
    );
    if (!named.ok || named.value.length > 0) return named;
  }
  const where = describeQuery(query);
  return fail(failureOf(FLEET_LOGS, "LogTargetMissing", { target: name, where }));
}

/** The run before and the last one, as far as kubelet has them; returns the exit status. */
async function showRuns(
  { node, verdict }: Place,
  init: InitContainer,
  config: LogsConfig,
): Promise<number> {
  const { pod, findings, inits } = verdict;
  const source: LogSource = { config, pod, container: init.name };
  const container = inits.length === 1 ? "" : `, ${init.name}`;
  const head = `${node}, ${pod.namespace}/${pod.name}${container}`;
  const [finding] = findings;
  const state = finding === undefined ? "unknown" : describeFinding(finding);
  if (init.ended === undefined && init.runningSince === undefined && init.restarts === 0) {
    const why = finding?.cause || state;
    const advice = finding?.fix || "Wait";
    const failure = failureOf(FLEET_LOGS, "LogNotStarted", { target: node, why, advice });
    return refuse(failure, EXIT.cannot);
  }
  // While it waits to be started again, the run that ended last is all that the cluster can give.
  if (init.restarts > 0 && init.waiting === undefined) {
    print(1, `==> ${head}: the run before <==\n`);
    const end = await printLog(source, ["--previous"]);
    if (end.kind === "not-kept") print(1, "not kept by kubelet\n");
    if (end.kind === "failed") report("the run before", end.why, source);
  }
  print(1, `==> ${head}: ${state} <==\n`);
  const last = await printLog(source, []);
  if (last.kind === "shown") return EXIT.success;
  if (finding !== undefined && finding.fix !== "") print(1, `fix: ${finding.fix}\n`);
  const why = last.kind === "failed" ? last.why : "not kept by kubelet";
  report("the last run", why, source);
  return EXIT.cannot;
}

function report(run: string, why: string, { pod }: LogSource): void {
  const place = { namespace: word(pod.namespace), pod: word(pod.name) };
  refuse(failureOf(FLEET_LOGS, "LogUnavailable", { run, why, ...place }), EXIT.cannot);
}
