/** The node condition on a real API server, by the ServiceAccount with the shipped rights. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Node, NodeCondition } from "kubernetes-types/core/v1";
import { openClient } from "../../src/init/kubernetes/client.ts";
import { removeCondition, type Verdict } from "../../src/init/kubernetes/report-condition.ts";
import { clusterOf } from "../../src/init/open-cluster.ts";
import { failureOf } from "../../src/lib/failure/failure.ts";
import { SCRIPTS } from "../../src/lib/failure/topics/scripts.ts";
import { CONDITION, mountsOf, reportCondition } from "../kubernetes/container.ts";
import { allowNodeCondition, createNamespace, kubectl, type RealCluster } from "./real-cluster.ts";

const prepared: Verdict = { isPrepared: true, summary: "prepared: 2 scripts in 1s" };
const failed: Verdict = {
  isPrepared: false,
  script: "01-lio",
  failure: failureOf(SCRIPTS, "ScriptTimedOut", { timeout: "5m" }),
};

let cluster: RealCluster;
let rights: ReturnType<typeof allowNodeCondition>;
let node = "";

beforeAll(() => {
  cluster = createNamespace();
  rights = allowNodeCondition(cluster.namespace);
  node = `${cluster.namespace}-node`;
  kubectl(["create", "-f", "-"], { apiVersion: "v1", kind: "Node", metadata: { name: node } });
  const read: Node = JSON.parse(kubectl(["get", "node", node, "-o", "json"]));
  const ready = { type: "Ready", status: "True", reason: "KubeletReady", message: "as kubelet" };
  kubectl(["replace", "--raw", `/api/v1/nodes/${node}/status`, "-f", "-"], {
    ...read,
    status: { ...read.status, conditions: [ready] },
  });
});
afterAll(() => {
  kubectl(["delete", "node", node]);
  rights.remove();
  cluster.remove();
});

function conditions(): readonly NodeCondition[] {
  const read: Node = JSON.parse(kubectl(["get", "node", node, "-o", "json"]));
  return read.status?.conditions ?? [];
}

function own(): NodeCondition | undefined {
  return conditions().find(({ type }) => type === CONDITION);
}

function hasReady(): boolean {
  return conditions().some(({ type }) => type === "Ready");
}

function inPod() {
  const { namespace, pod, access } = cluster;
  const identity = { POD_NAME: pod.name, POD_NAMESPACE: namespace, POD_UID: pod.uid };
  const env = { ...access.env, ...identity, NODE_NAME: node };
  return { env, serviceAccountDir: access.serviceAccountDir };
}

test("is Unknown, False with the code, then True; kubelet's Ready survives", async () => {
  expect(await reportCondition(cluster, undefined, inPod())).toEqual([]);
  expect(own()).toMatchObject({ status: "Unknown", reason: "Preparing" });
  expect(await reportCondition(cluster, failed, inPod())).toEqual([]);
  const first = own();
  expect(first).toMatchObject({ status: "False", reason: "ScriptTimedOut" });
  expect(first?.message).toStartWith("01-lio: timed out: its timeout of 5m passed. ");
  await Bun.sleep(1_100); // times are whole seconds
  expect(await reportCondition(cluster, failed, inPod())).toEqual([]);
  const second = own();
  expect(second?.lastTransitionTime).toBe(first?.lastTransitionTime ?? "");
  expect(second?.lastHeartbeatTime).not.toBe(first?.lastHeartbeatTime ?? "");
  expect(await reportCondition(cluster, prepared, inPod())).toEqual([]);
  expect(own()).toMatchObject({ status: "True", reason: "NodePrepared" });
  expect(own()?.lastTransitionTime).not.toBe(first?.lastTransitionTime ?? "");
  expect(hasReady()).toBe(true);
});

test("stays True while a later run of the same boot prepares", async () => {
  await reportCondition(cluster, undefined, inPod());
  expect(own()?.status).toBe("True");
});

test("can be taken from the node again, and nothing else is", async () => {
  const { env, serviceAccountDir } = inPod();
  const sources = { env, serviceAccountDir, hostRoot: "/dev/null", mountinfo: "" };
  const openCluster = clusterOf({ ...sources, log: () => undefined });
  const { signal } = new AbortController();
  for (const _ of [1, 2]) {
    expect((await removeCondition({ type: CONDITION, openCluster }, signal)).ok).toBe(true);
    expect(own()).toBeUndefined();
    expect(hasReady()).toBe(true);
  }
});

test("without the right is one line of the log", async () => {
  rights.remove();
  const mountinfo = mountsOf(cluster.pod.uid);
  let log: readonly string[] = [];
  while (log.length === 0) log = await reportCondition(cluster, failed, { ...inPod(), mountinfo });
  expect(log.length).toBe(1);
  expect(log[0]).toStartWith("cannot report the node condition: GET ");
  expect(log[0]).toContain('cannot get resource "nodes"');
  expect(log[0]).toContain('"patch" on nodes/status in a ClusterRole');
  rights = allowNodeCondition(cluster.namespace);
});

test("as a JSON merge patch, which is not used, would remove Ready", async () => {
  const { env, serviceAccountDir } = inPod();
  const client = openClient(env, serviceAccountDir);
  if (!client.ok) throw new Error(client.error.what);
  const path = `/api/v1/nodes/${node}/status`;
  const condition = { type: CONDITION, status: "True", reason: "NodePrepared" };
  const body = { status: { conditions: [condition] } };
  const limits = { timeoutMs: 10_000 };
  expect((await client.value.call({ method: "PATCH", path, body }, limits)).ok).toBe(true);
  expect(hasReady()).toBe(false);
});
