import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Node, NodeCondition } from "kubernetes-types/core/v1";
import { BOOT, CONDITION, reportCondition } from "../../../test/kubernetes/container.ts";
import { type FakeCluster, startFakeCluster } from "../../../test/kubernetes/fake-cluster.ts";
import { status } from "../../../test/kubernetes/servers.ts";
import { failureOf } from "../../lib/failure/failure.ts";
import { SCRIPTS, SEE_LOG } from "../../lib/failure/topics/scripts.ts";
import type { Verdict } from "./report-condition.ts";

const NODE = "/api/v1/nodes/worker-1";
const ready = { type: "Ready", status: "True", reason: "KubeletReady" };
const prepared: Verdict = { isPrepared: true, summary: "prepared: 2 scripts in 1s" };
const failure = failureOf(SCRIPTS, "ScriptFailed", { status: "3", why: "exit status 3" });
const failed: Verdict = { isPrepared: false, script: "01-lio", failure };

let cluster: FakeCluster;
beforeAll(() => {
  cluster = startFakeCluster();
});
beforeEach(() => {
  cluster.api.requests.length = 0;
  cluster.api.intercept = () => undefined;
  setNode();
});
afterAll(async () => cluster.stop());

function setNode(...conditions: object[]): void {
  const node = { kind: "Node", metadata: { name: "worker-1" } };
  cluster.api.objects.set(NODE, {
    ...node,
    status: { conditions: [ready, ...conditions] },
  } as unknown as Node);
}

function condition(): NodeCondition | undefined {
  const node = cluster.api.objects.get(NODE) as Node;
  return node.status?.conditions?.find(({ type }) => type === CONDITION);
}

const requests = (): string[] =>
  cluster.api.requests.map(({ method, path }) => `${method} ${path}`);

describe("the node's condition", () => {
  test("is Unknown while the first scripts after a boot run, then the verdict", async () => {
    expect(await reportCondition(cluster, undefined)).toEqual([]);
    expect(condition()).toMatchObject({ status: "Unknown", reason: "Preparing" });
    expect(requests()).toEqual([`GET ${NODE}`, `PATCH ${NODE}/status`]);
    expect(await reportCondition(cluster, failed)).toEqual([]);
    expect(condition()).toMatchObject({
      status: "False",
      reason: "ScriptFailed",
      message: `01-lio: exit status 3. ${SEE_LOG.replace("logs POD -c CONTAINER", "-n storage logs node-x7k2p -c my-init")} (boot ${BOOT})`,
    });
    expect(await reportCondition(cluster, prepared)).toEqual([]);
    expect(condition()).toMatchObject({ status: "True", reason: "NodePrepared" });
  });

  test("stays while a later image of the same boot prepares", async () => {
    setNode({ type: CONDITION, status: "True", message: `prepared (boot ${BOOT})` });
    await reportCondition(cluster, undefined);
    expect(condition()?.status).toBe("True");
    expect(requests()).toEqual([`GET ${NODE}`]);
  });

  test("costs two requests where the verdict comes at once", async () => {
    await reportCondition(cluster, prepared);
    expect(requests()).toEqual([`GET ${NODE}`, `PATCH ${NODE}/status`]);
    expect(condition()?.status).toBe("True");
  });

  test("is that of the node that the API names, where nothing else does", async () => {
    const { NODE_NAME: _, ...env } = {
      ...cluster.access.env,
      NODE_NAME: undefined,
      POD_NAME: cluster.pod.name,
      POD_NAMESPACE: "storage",
      POD_UID: cluster.pod.uid,
    };
    cluster.setNodeName("worker-1");
    expect(await reportCondition(cluster, prepared, { env })).toEqual([]);
    expect(condition()?.status).toBe("True");
    expect(requests()[0]).toBe(`GET ${cluster.podPath}`);
  });
});

describe("without the right", () => {
  const rule =
    'Allow the pod\'s ServiceAccount "get" on nodes and "patch" on nodes/status in a ClusterRole (deploy/manifests/node-condition.yaml), or leave out --node-condition';

  test.each(["GET", "PATCH"])("to %s, one line of the log says so", async (forbidden) => {
    cluster.api.intercept = ({ method }) =>
      method === forbidden ? status(403, "Forbidden", "not you") : undefined;
    const log = await reportCondition(cluster, failed);
    expect(log.map((line) => line.replace(/https:\/\/[^/]+/, "SERVER"))).toEqual([
      `cannot report the node condition: ${forbidden} SERVER${NODE}${forbidden === "PATCH" ? "/status" : ""}: 403 Forbidden: not you (ApiForbidden). ${rule}`,
    ]);
    expect(condition()).toBeUndefined();
  });

  test("because of an admission policy, the log has its reason", async () => {
    cluster.api.intercept = ({ method }) =>
      method === "PATCH" ? status(422, "Invalid", "ValidatingAdmissionPolicy denied") : undefined;
    expect(await reportCondition(cluster, prepared)).toEqual([
      expect.stringContaining("422 Invalid: ValidatingAdmissionPolicy denied (ApiRequestRejected)"),
    ]);
  });
});
