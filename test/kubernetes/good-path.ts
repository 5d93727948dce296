/** What has to work against any API server: each case runs against the tests' own and against a real one. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event } from "kubernetes-types/core/v1";
import type { PodEvent } from "../../src/init/kubernetes/event.ts";
import { lookUpNodeImage, type NodeImageOptions } from "../../src/init/kubernetes/node-image.ts";
import { createEventReporter } from "../../src/init/kubernetes/post-events.ts";
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

/** Looks the image up as a container would, and gives also what it logged. */
export async function lookUp(
  cluster: TestCluster,
  changes: Partial<NodeImageOptions> = {},
  deadlineMs?: number,
) {
  const log: string[] = [];
  const options = {
    env: podEnv(cluster),
    dsName: cluster.daemonSet,
    dsNamespace: cluster.namespace,
    container: "storageos",
    hostRoot: "/dev/null",
    mountinfo: "",
    serviceAccountDir: cluster.access.serviceAccountDir,
    log: (line: string) => log.push(line),
    ...changes,
  };
  return { found: await lookUpNodeImage(options, deadlineMs), log };
}

/** One container's life: posts the events, closes, and gives what it logged. */
export async function postAll(
  cluster: TestCluster,
  events: readonly PodEvent[],
  changes: Partial<Parameters<typeof createEventReporter>[0]> = {},
): Promise<string[]> {
  const log: string[] = [];
  const reporter = createEventReporter({
    env: podEnv(cluster),
    hostRoot: "/dev/null",
    mountinfo: `1 2 0:1 /pods/${cluster.pod.uid}/containers/my-init/0a /dev/termination-log rw - ext4 a rw`,
    eventOutput: "tail",
    spreadMs: 0,
    serviceAccountDir: cluster.access.serviceAccountDir,
    log: (line) => log.push(line),
    ...changes,
  });
  for (const event of events) reporter.post(event);
  await reporter.close(30_000);
  return log;
}

const cases: readonly [string, (cluster: TestCluster) => Promise<void>][] = [
  [
    "the node image is that of this pod's own container",
    async (cluster) => {
      cluster.setTemplateImage(cluster.pod.image);
      const source = `Pod ${cluster.namespace}/${cluster.pod.name}`;
      expect(await lookUp(cluster)).toEqual({
        found: { ok: true, value: { image: cluster.pod.image, source } },
        log: [],
      });
    },
  ],
  [
    "a template that names another image is told",
    async (cluster) => {
      cluster.setTemplateImage("storageos/node:v9.9.9");
      const { found, log } = await lookUp(cluster);
      expect(found).toMatchObject({ ok: true, value: { image: cluster.pod.image } });
      expect(log).toEqual([
        `node image ${cluster.pod.image} is this pod's own; the template of DaemonSet ${cluster.namespace}/${cluster.daemonSet} names storageos/node:v9.9.9, which the next pod will run`,
      ]);
    },
  ],
  [
    "the node image is the template's where the pod is not known",
    async (cluster) => {
      cluster.setTemplateImage("storageos/node:v9.9.9");
      const { found, log } = await lookUp(cluster, { env: cluster.access.env });
      const source = `the template of DaemonSet ${cluster.namespace}/${cluster.daemonSet}`;
      expect(found).toEqual({ ok: true, value: { image: "storageos/node:v9.9.9", source } });
      expect(log.join("\n")).toStartWith(
        `node image storageos/node:v9.9.9 is from ${source}, which may be newer than this pod: cannot tell which pod this is: `,
      );
    },
  ],
  [
    "a container that the pod does not have is told with those it has",
    async (cluster) => {
      const { found } = await lookUp(cluster, { container: "node" });
      expect(found).toEqual({
        ok: false,
        error: {
          kind: "refused",
          message: `cannot look up the node image: Pod ${cluster.namespace}/${cluster.pod.name} has no container "node", only "storageos". Name the node container with --container, or give the image with -nodeImage or NODE_IMAGE`,
        },
      });
    },
  ],
  [
    "a failed script leaves an event of the pod",
    async (cluster) => {
      expect(await postAll(cluster, [failure])).toEqual([]);
      const [event, ...more] = cluster.events();
      expect(more).toEqual([]);
      expect(event).toMatchObject({
        metadata: { namespace: cluster.namespace },
        involvedObject: {
          apiVersion: "v1",
          kind: "Pod",
          namespace: cluster.namespace,
          name: cluster.pod.name,
          uid: cluster.pod.uid,
          fieldPath: "spec.initContainers{my-init}",
        },
        type: "Warning",
        reason: "ScriptFailed",
        message:
          "01-lio/enable-lio: Module tcm_loop not found. Install linux-modules-extra-6.1.0. Output: modprobe tcm_loop | FATAL: Module tcm_loop not found",
        count: 1,
        source: { component: "storageos-init", host: "worker-1" },
        reportingComponent: "storageos-init",
        reportingInstance: cluster.pod.name,
      });
      expect(event?.firstTimestamp).toBe(event?.lastTimestamp ?? "none");
    },
  ],
  [
    "50 restarts leave one event with count 50 and the latest message",
    async (cluster) => {
      const stateDir = mkdtempSync(join(tmpdir(), "events-test-"));
      for (let restart = 1; restart <= 50; restart++) {
        const text = { ...failure.text, output: `attempt ${restart}` };
        expect(await postAll(cluster, [{ ...failure, text }], { stateDir })).toEqual([]);
      }
      rmSync(stateDir, { recursive: true });
      const events = cluster.events();
      expect(events.map(({ count }) => count)).toEqual([50]);
      expect(events[0]?.message).toEndWith("Output: attempt 50");
    },
  ],
  [
    "restarts count also where the node keeps no state",
    async (cluster) => {
      for (let restart = 1; restart <= 4; restart++) await postAll(cluster, [failure]);
      expect(cluster.events().map(({ count }) => count)).toEqual([4]);
    },
  ],
  [
    "each script and each reason has an event of its own",
    async (cluster) => {
      await postAll(cluster, [
        failure,
        { ...failure, reason: "ScriptTimedOut" },
        { ...failure, script: "02-limits", reason: "ScriptWarning" },
        { reason: "NodePrepared", text: { cause: "3 scripts passed", fix: "", output: "" } },
        failure,
      ]);
      const seen = cluster.events().map(({ type, reason, count }) => `${type} ${reason} ${count}`);
      expect(seen.toSorted()).toEqual([
        "Normal NodePrepared 1",
        "Warning ScriptFailed 2",
        "Warning ScriptTimedOut 1",
        "Warning ScriptWarning 1",
      ]);
    },
  ],
  [
    "an event that the server has forgotten is made again, with its count",
    async (cluster) => {
      const stateDir = mkdtempSync(join(tmpdir(), "events-test-"));
      await postAll(cluster, [failure, failure], { stateDir });
      cluster.removeEvents();
      expect(await postAll(cluster, [failure], { stateDir })).toEqual([]);
      rmSync(stateDir, { recursive: true });
      expect(cluster.events().map(({ count }) => count)).toEqual([3]);
    },
  ],
  [
    "--event-output none leaves the output out",
    async (cluster) => {
      await postAll(cluster, [failure], { eventOutput: "none" });
      expect(cluster.events()[0]?.message).toBe(
        "01-lio/enable-lio: Module tcm_loop not found. Install linux-modules-extra-6.1.0.",
      );
    },
  ],
];

export function testGoodPath(clusterOf: () => TestCluster): void {
  test.each([...cases])(
    "%s",
    async (_, run) => {
      const cluster = clusterOf();
      cluster.removeEvents();
      await run(cluster);
    },
    120_000,
  );
}
