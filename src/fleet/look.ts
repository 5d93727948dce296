import { failureOf, type Failure } from "../lib/failure/failure.ts";
import { FLEET } from "../lib/failure/topics/fleet.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { messageOf } from "../lib/text/error.ts";
import { createCollector, type Collected, type Unreadable } from "./collect.ts";
import type { FleetConfig, StatusConfig } from "./config.ts";
import { decodeStream, formatOf } from "./decode.ts";
import { listAll, type ListFailure, type ListQuery } from "./list.ts";
import type { Scope } from "./owners.ts";
import { parseSelector, type Selector } from "./selector.ts";
import type { Snapshot } from "./snapshot.ts";

/** What was seen of a cluster. */
export type Looked = {
  readonly snapshot: Snapshot;
  /** Pods that were seen and are not asked for. */
  readonly otherPods: number;
  /** What could not be seen, and changes no verdict. */
  readonly notes: readonly string[];
  /** Where a watch of the pods goes on from. */
  readonly resourceVersion: string | undefined;
};

/** What is asked for, as far as flags say it; the error is a usage error. */
export function scopeOf(config: FleetConfig): Result<Scope, Failure> {
  const selector = parseSelector(config.selector);
  if (!selector.ok) return fail(invalid("-l", config.selector, selector.error));
  return ok({
    container: config.container,
    namespace: config.namespace,
    selects: selector.value,
    selectsAll: config.selector.trim() === "",
  });
}

/** Which nodes should have a pod: by labels, or all; undefined if none are asked for. */
export function nodeSelectorOf({ nodes }: StatusConfig): Result<Selector | undefined, Failure> {
  if (nodes === undefined) return ok(undefined);
  const selector = parseSelector(nodes === "all" ? "" : nodes);
  return selector.ok ? selector : fail(invalid("--nodes", nodes, selector.error));
}

function invalid(flag: string, text: string, part: string): Failure {
  return failureOf(FLEET, "SelectorInvalid", { flag, text, part });
}

/** Everything that is known of the cluster now. */
export async function lookAtCluster(
  config: FleetConfig & { readonly nodes?: string | undefined },
  signal?: AbortSignal,
): Promise<Result<Looked, ListFailure>> {
  const [pods, owners] = await Promise.all([
    listAll(config, podQuery(config), EVERYTHING, signal),
    lookAtOwners(config, signal),
  ]);
  if (!pods.ok) return pods;
  return owners.ok ? ok(lookedOf(pods.value, owners.value)) : owners;
}

const EVERYTHING = { wants: () => true };

export function podQuery({ namespace, selector }: FleetConfig): ListQuery {
  return { what: "pods", namespace, labels: selector };
}

/** What is known of the pods' owners, and of the nodes that should have one. */
export type OwnersSeen = Pick<Collected, "daemonSets" | "refusals" | "nodes"> & {
  readonly notes: readonly string[];
};

/**
 * DaemonSets, what kept their pods from being made, and nodes if they are asked for. All DaemonSets
 * are listed: their own labels need not be those of their pods.
 */
export async function lookAtOwners(
  config: FleetConfig & { readonly nodes?: string | undefined },
  signal?: AbortSignal,
): Promise<Result<OwnersSeen, ListFailure>> {
  const { namespace, nodes: wanted } = config;
  const list = (query: ListQuery) => listAll(config, query, EVERYTHING, signal);
  const [daemonSets, events, nodes] = await Promise.all([
    list({ what: "daemonsets", namespace }),
    list({ what: "events", namespace, fields: REFUSALS }),
    wanted === undefined
      ? undefined
      : list({ what: "nodes", namespace: undefined, labels: wanted === "all" ? "" : wanted }),
  ]);
  if (!daemonSets.ok) return daemonSets;
  if (nodes?.ok === false) return nodes;
  return ok({
    daemonSets: daemonSets.value.daemonSets,
    refusals: events.ok ? events.value.refusals : [],
    nodes: nodes?.value.nodes ?? [],
    // Without the events it is still known that pods are missing, and only not why.
    notes: events.ok ? [] : [events.error.failure.cause],
  });
}

const REFUSALS = "reason=FailedCreate,involvedObject.kind=DaemonSet";

/** The pods and what is known of their owners, as one. */
export function lookedOf(pods: Collected, owners: OwnersSeen): Looked {
  const { daemonSets, refusals, nodes, notes } = owners;
  return {
    snapshot: { pods: pods.pods, daemonSets, refusals, nodes, placements: pods.placements },
    otherPods: pods.otherPods,
    notes,
    resourceVersion: pods.resourceVersion,
  };
}

/** What a file holds, with the same choice of pods as in a cluster. */
export async function lookAtFile(
  file: string,
  scope: Scope,
  isExpected: Selector | undefined,
): Promise<Result<Looked, Failure>> {
  const name = file === "-" ? "standard input" : file;
  const collector = createCollector({
    wants: (namespace, labels) =>
      (scope.namespace ?? namespace) === namespace && scope.selects(labels),
  });
  try {
    const stream = file === "-" ? Bun.stdin.stream() : Bun.file(file).stream();
    const unreadable = await collector.read(decodeStream(stream));
    if (unreadable !== undefined) return fail(describeUnreadable(name, unreadable));
  } catch (error) {
    const why = messageOf(error);
    return fail(failureOf(FLEET, "FileUnreadable", { file: name, why }));
  }
  const { pods, daemonSets, refusals, nodes, placements, ...rest } = collector.collected();
  if (rest.continuation !== undefined) {
    const remaining = rest.remaining === undefined ? "" : String(rest.remaining);
    return fail(failureOf(FLEET, "FileIncomplete", { file: name, remaining }));
  }
  const snapshot: Snapshot = {
    pods,
    daemonSets: daemonSets.length === 0 ? undefined : daemonSets,
    refusals,
    nodes: isExpected === undefined ? [] : nodes.filter(({ labels }) => isExpected(labels)),
    placements,
  };
  return ok({ snapshot, otherPods: rest.otherPods, notes: [], resourceVersion: undefined });
}

function describeUnreadable(file: string, { why, head }: Unreadable): Failure {
  const format = formatOf(head);
  if (format === undefined) return failureOf(FLEET, "FileNotJson", { file, why });
  return failureOf(FLEET, "FileOtherFormat", {
    file,
    format: format === "YAML" ? "YAML" : "a table",
  });
}
