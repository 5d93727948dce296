/** One init container's life against an API server: what it looks up, what it posts, what it logs. */
import type { Event } from "kubernetes-types/core/v1";
import type { ClusterOptions } from "../../src/init/kubernetes/cluster.ts";
import type { PodEvent } from "../../src/init/kubernetes/event.ts";
import {
  type LookUpFailure,
  lookUpNodeImage,
  type NodeImageOptions,
} from "../../src/init/kubernetes/node-image.ts";
import {
  createEventReporter,
  type EventReporterOptions,
} from "../../src/init/kubernetes/post-events.ts";
import {
  type ConditionOptions,
  createConditionReporter,
  type Verdict,
} from "../../src/init/kubernetes/report-condition.ts";
import { clusterOf } from "../../src/init/open-cluster.ts";
import { joinSentences } from "../../src/lib/text/show.ts";
import type { Access } from "./servers.ts";

export type TestCluster = {
  /** With the rules of deploy/rbac.yaml. */
  readonly access: Access;
  readonly namespace: string;
  /** A pod of `daemonSet` with the container `storageos`. */
  readonly pod: { readonly name: string; readonly uid: string; readonly image: string };
  readonly daemonSet: string;
  readonly setTemplateImage: (image: string) => void;
  /** The events that storageos-init posted, in order of their names. */
  readonly events: () => Event[];
  readonly removeEvents: () => void;
};

export const failure: PodEvent = {
  reason: "ScriptFailed",
  script: "01-lio/enable-lio",
  text: {
    cause: "Module tcm_loop not found",
    fix: "Install linux-modules-extra-6.1.0",
    output: "modprobe tcm_loop\n\u001b[31mFATAL\u001b[0m: Module tcm_loop not found\n",
  },
};

/** In the order of their use: a pod's own identity, then what it asks for. */
function podEnv({ access, namespace, pod }: TestCluster): NodeImageOptions["env"] {
  const identity = { POD_NAME: pod.name, POD_NAMESPACE: namespace, POD_UID: pod.uid };
  return { ...access.env, ...identity, NODE_NAME: "worker-1" };
}

/** What a container has of its cluster; `whereabouts` are those of no pod. */
function sourcesOf(cluster: TestCluster, log: string[], changes: Partial<ClusterOptions>) {
  return {
    env: podEnv(cluster),
    hostRoot: "/dev/null",
    mountinfo: mountsOf(cluster.pod.uid),
    cgroup: "",
    serviceAccountDir: cluster.access.serviceAccountDir,
    whereabouts: async () => ({ addresses: ["192.0.2.9"], names: ["this-host"] }),
    log: (line: string) => void log.push(line),
    ...changes,
  };
}

/** The mounts that kubelet makes for the container `my-init` of a pod. */
export function mountsOf(uid: string): string {
  return `1 2 0:1 /pods/${uid}/containers/my-init/0a /dev/termination-log rw - ext4 a rw`;
}

/** Looks the image up as a container would, and gives also what it logged. */
export async function lookUp(
  cluster: TestCluster,
  changes: Partial<NodeImageOptions & ClusterOptions> = {},
  deadlineMs?: number,
) {
  const log: string[] = [];
  const sources = sourcesOf(cluster, log, changes);
  const options = {
    dsName: cluster.daemonSet,
    dsNamespace: cluster.namespace,
    container: "storageos",
    openCluster: clusterOf(sources),
    ...sources,
  };
  return { found: await lookUpNodeImage(options, deadlineMs), log };
}

/** `decided: <cause>. <fix> (<code>)`, or `undecided: …`. */
export function messageOf({ failure: { code, cause, fix }, isDecided }: LookUpFailure): string {
  return `${isDecided ? "decided" : "undecided"}: ${joinSentences(cause, fix)} (${code})`;
}

/** One container's life: posts the events, closes, and gives what it logged. */
export async function postAll(
  cluster: TestCluster,
  events: readonly PodEvent[],
  changes: Partial<EventReporterOptions & ClusterOptions> = {},
): Promise<string[]> {
  const log: string[] = [];
  const sources = sourcesOf(cluster, log, changes);
  const reporter = createEventReporter({
    openCluster: clusterOf(sources),
    eventOutput: "tail",
    spreadMs: 0,
    ...sources,
  });
  for (const event of events) reporter.post(event);
  await reporter.close(30_000);
  return log;
}

/** One run with --node-condition: begins if asked to, gives the verdict, and gives what it logged. */
export async function reportCondition(
  cluster: TestCluster,
  verdict: Verdict | undefined,
  changes: Partial<ConditionOptions & ClusterOptions> = {},
): Promise<string[]> {
  const log: string[] = [];
  const sources = sourcesOf(cluster, log, changes);
  const reporter = createConditionReporter({
    openCluster: clusterOf(sources),
    type: CONDITION,
    bootId: BOOT,
    spreadMs: 0,
    ...sources,
  });
  reporter.begin();
  if (verdict === undefined) await reporter.close(30_000);
  else reporter.decide(verdict);
  await reporter.close(30_000);
  return log;
}

export const CONDITION = "storageos.com/NodePrepared";
export const BOOT = "e7d2f8a0-3f0c-4a0e-9f5b-0a4b3a1c2d3e";
