import { describe, expect, test } from "bun:test";
import { makeFleetPod } from "../../bench/fleet.ts";
import { OWNER, makePod } from "../../bench/pod-list.ts";
import { tell, tellDocument, writePods, writeText } from "./fleet-file.ts";
import { failed, passed } from "./nodes.ts";

function named(pod: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(pod).replaceAll("storageos-init", "prepare"));
}

describe.concurrent("the verdict and the exit status", () => {
  const running = makePod({ index: 7, state: { running: { startedAt: "2026-11-22T02:14:00Z" } } });
  const waiting = makePod({ index: 8, state: { waiting: { reason: "PodInitializing" } } });
  const cases: readonly (readonly [string, readonly unknown[], string, number])[] = [
    ["all prepared", [passed(1), passed(2)], "2 of 2 nodes prepared", 0],
    ["one node", [passed(1)], "1 of 1 node prepared", 0],
    [
      "some failed",
      [passed(1), failed(2, "a"), failed(3, "b")],
      "1 of 3 nodes prepared, 2 not: 2 causes",
      1,
    ],
    [
      "one cause",
      [passed(1), failed(2, "a"), failed(3, "a")],
      "1 of 3 nodes prepared, 2 not: 1 cause",
      1,
    ],
    [
      "not all of the others failed",
      [failed(2, "a"), running, waiting],
      "0 of 3 nodes prepared, 3 not: 1 failed (1 cause), 1 running, 1 not started",
      1,
    ],
  ];
  for (const [name, pods, verdict, exitStatus] of cases) {
    test(name, async () => {
      const { status, stdout, stderr } = await tell(writePods(pods));
      expect(stdout.split("\n")[0]).toBe(verdict);
      expect(stderr).toBe("");
      expect(status).toBe(exitStatus);
    });
  }

  test("5,000 nodes", async () => {
    const pods = Array.from({ length: 5000 }, (_, index) => makeFleetPod(index));
    const { status, stdout } = await tell(writePods(pods));
    expect(stdout.split("\n")[0]).toBe(
      "4,955 of 5,000 nodes prepared, 45 not: 40 failed (4 causes), 5 running",
    );
    expect(status).toBe(1);
  });

  test("a list as kubectl prints it, from standard input", async () => {
    const file = writePods([passed(1)], 4);
    const child = Bun.spawn(["dist/init", "status", "-f", "-"], {
      stdin: Bun.file(file),
      stdout: "pipe",
    });
    expect(await new Response(child.stdout).text()).toStartWith("1 of 1 node prepared\n");
    expect(await child.exited).toBe(0);
  });
});

/** A pod with the same labels, of a DaemonSet that does not run init. */
const ofSomethingElse = {
  metadata: {
    name: "else",
    namespace: "kube-system",
    labels: { app: "storageos", kind: "daemonset" },
    ownerReferences: [{ ...OWNER, name: "else", uid: "1" }],
  },
  spec: { initContainers: [{ name: "x" }] },
};

describe.concurrent("what cannot be read exits 3 and says why", () => {
  const fix = ". Give what this prints: kubectl get pods,daemonsets,events,nodes -A -o json";
  const none = (file: string): string =>
    `unknown: no pods with the labels app=storageos,kind=daemonset in any namespace in ${file}. Give their namespace with -n and their labels with -l`;
  const cases: readonly (readonly [string, string, (file: string) => string])[] = [
    ["nothing", "", (file) => `cannot read ${file}: it is empty${fix}`],
    ["text", "no pods here", (file) => `cannot read ${file}: it is not JSON${fix}`],
    [
      "YAML",
      "apiVersion: v1\nitems: []\n",
      (file) =>
        `cannot read ${file}: it is YAML, not JSON. Get it with -o json: kubectl get pods,daemonsets,events,nodes -A -o json`,
    ],
    [
      "a list that was cut off",
      '{"items":[{"spec":{}},{"spec"',
      (file) => `cannot read ${file}: it ends in the middle of a document${fix}`,
    ],
    [
      "a broken element",
      '{"items":[{"spec":{}},{"spec":nothing},{"spec":{}}]}',
      (file) => `cannot read ${file}: element 2 of its items is not JSON${fix}`,
    ],
    [
      "a broken element at the end",
      '{"items":[{"spec":{}},{"spec":nothing}]}',
      (file) => `cannot read ${file}: element 2 of its items is not JSON${fix}`,
    ],
    ["no pods", '{"items":[]}', none],
    ["something else", '{"a":[1,"]",{}]}', none],
  ];
  for (const [name, text, message] of cases) {
    test(name, async () => {
      const file = writeText(text);
      const { status, stdout, stderr } = await tell(file);
      expect(stderr).toBe(`init: ${message(file)}\n`);
      expect(stdout).toBe("");
      expect(status).toBe(3);
    });
  }

  test("a file that is not there", async () => {
    const { status, stderr } = await tell("/nowhere/pods.json");
    expect(stderr).toContain("cannot read /nowhere/pods.json: ");
    expect(status).toBe(3);
  });

  test("pods of something else", async () => {
    const { status, stderr } = await tell(writePods([ofSomethingElse]));
    expect(stderr).toBe(
      "init: unknown: none of 1 pod has the init container storageos-init. Name the init container with --container\n",
    );
    expect(status).toBe(3);
  });
});

describe.concurrent("pods", () => {
  test("of another name count when init wrote their message, and their siblings with them", async () => {
    const waiting = makePod({ index: 2, state: { waiting: { reason: "PodInitializing" } } });
    const { verdict, remarks } = await tellDocument([
      named(passed(1)),
      named(waiting),
      ofSomethingElse,
    ]);
    expect(verdict).toBe("1 of 2 nodes prepared, 1 not: 1 not started");
    expect(remarks.map(({ what }) => what)).toEqual([
      "pods without the init container, left out: 1",
    ]);
  });

  test("that ended or are being deleted give way to the one that can run", async () => {
    const evicted = {
      ...makePod({ index: 1, node: "node-1" }),
      status: { phase: "Failed", reason: "Evicted", message: "The node was low on memory." },
    };
    const both = await tellDocument([evicted, passed(1)]);
    expect(both.verdict).toBe("1 of 1 node prepared");
    const alone = await tellDocument([evicted]);
    expect(alone.causes[0]?.cause).toBe("the pod ended: Evicted: The node was low on memory.");
  });

  test("that no node takes are told by the node they are for", async () => {
    const pod = makePod({ index: 1, node: "node-1" });
    const spec = { ...(pod["spec"] as object), nodeName: undefined };
    const conditions = [
      { type: "PodScheduled", status: "False", message: "0/9 nodes are available." },
    ];
    const { nodes } = await tellDocument([
      { ...pod, spec, status: { phase: "Pending", conditions, initContainerStatuses: [] } },
    ]);
    expect(nodes.map(({ node, state, cause }) => `${node} ${state}: ${cause}`)).toEqual([
      "node-1 not-started: the pod cannot be scheduled: 0/9 nodes are available.",
    ]);
  });

  test("are missed on nodes of the same file, if asked for", async () => {
    const nodes = [1, 2].map((index) => ({ kind: "Node", metadata: { name: `node-${index}` } }));
    const pods = [{ kind: "Pod", ...passed(1) }, ...nodes];
    expect((await tellDocument(pods)).verdict).toBe("1 of 1 node prepared");
    const { verdict, causes } = await tellDocument(pods, "--nodes=all");
    expect(verdict).toBe("1 of 2 nodes prepared, 1 not: 1 without a pod");
    expect(causes[0]?.nodes).toEqual(["node-2"]);
  });
});
