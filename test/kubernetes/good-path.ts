/** What has to work against any API server: each case runs against the tests' own and against a real one. */
import { countsFileIn } from "./counts-file.ts";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failure, lookUp, messageOf, postAll, type TestCluster } from "./container.ts";

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
        `node image storageos/node:v9.9.9 is from ${source}, which may be newer than this pod: cannot find this pod: `,
      );
    },
  ],
  [
    "a container that the pod does not have is told with those it has",
    async (cluster) => {
      const { found } = await lookUp(cluster, { container: "node" });
      expect(found.ok ? "" : messageOf(found.error)).toBe(
        `decided: cannot look up the node image: Pod ${cluster.namespace}/${cluster.pod.name} has no container "node", only "storageos". Name the node container with --container, or give the image with -nodeImage or NODE_IMAGE (NodeContainerNotFound)`,
      );
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
          "01-lio/enable-lio: Module tcm_loop not found. Install linux-modules-extra-6.1.0. Output: modprobe tcm_loop",
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
      const countsFile = countsFileIn(stateDir);
      for (let restart = 1; restart <= 50; restart++) {
        const text = { ...failure.text, output: `attempt ${restart}` };
        expect(await postAll(cluster, [{ ...failure, text }], { countsFile })).toEqual([]);
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
      const countsFile = countsFileIn(stateDir);
      await postAll(cluster, [failure, failure], { countsFile });
      cluster.removeEvents();
      expect(await postAll(cluster, [failure], { countsFile })).toEqual([]);
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
