/** Verdicts that DaemonSets, events, nodes and the ends of lists decide. */
import { describe, expect, test } from "bun:test";
import { OWNER } from "../../bench/pod-list.ts";
import { tell, writeText } from "./fleet-file.ts";
import { passed } from "./nodes.ts";

describe.concurrent("the verdict", () => {
  test("5: one page of a list is refused, with the command for all of it", async () => {
    const page = {
      apiVersion: "v1",
      kind: "PodList",
      metadata: { continue: "abc", remainingItemCount: 4500 },
      items: [passed(1)],
    };
    const { status, stdout, stderr } = await tell(writeText(JSON.stringify(page)));
    expect(stdout).toBe("");
    expect(stderr).toContain("4500");
    expect(stderr).toContain("kubectl get");
    expect(status).toBe(3);
  });

  test("7: a DaemonSet whose pods are refused is a row beside one that is fine", async () => {
    const daemonSet = (name: string, uid: string, desired: number): unknown => ({
      kind: "DaemonSet",
      metadata: { namespace: "kube-system", name, uid, generation: 1 },
      spec: {
        template: {
          metadata: { labels: { app: "storageos", kind: "daemonset" } },
          spec: { initContainers: [{ name: "storageos-init" }] },
        },
      },
      status: { observedGeneration: 1, desiredNumberScheduled: desired, currentNumberScheduled: 0 },
    });
    const event = {
      kind: "Event",
      reason: "FailedCreate",
      message:
        'pods "nosa-" is forbidden: error looking up service account kube-system/no: not found',
      metadata: { namespace: "kube-system", name: "nosa.1" },
      involvedObject: { kind: "DaemonSet", namespace: "kube-system", name: "nosa", uid: "u-2" },
      lastTimestamp: "2026-11-22T02:14:00Z",
    };
    const items = [
      { ...(passed(1) as object), kind: "Pod" },
      daemonSet(OWNER.name, OWNER.uid, 1),
      daemonSet("nosa", "u-2", 1),
      event,
    ];
    const file = writeText(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const { status, stdout } = await tell(file);
    expect(stdout).toMatch(/nosa.*0 of 1 pods? created: .*error looking up service account/);
    expect(status).toBe(1);
  });

  test("10: nodes that are not selected, tainted or cordoned are called so", async () => {
    const node = (name: string, more: object): unknown => ({
      kind: "Node",
      metadata: { name, labels: {} },
      spec: more,
    });
    const items = [
      { ...(passed(1) as object), kind: "Pod" },
      node("node-1", {}),
      node("tainted", { taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" }] }),
      node("cordoned", { unschedulable: true }),
    ];
    const file = writeText(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const { status, stdout } = await tell(file, "--nodes=all");
    expect(stdout.split("\n")[0]).toMatch(/^1 of 3 nodes prepared, 2 not: /);
    expect(stdout).toContain("1 tainted");
    expect(status).toBe(1);
  });
});
