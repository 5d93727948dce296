import { describe, expect, test } from "bun:test";
import { makePod, terminated, terminationMessage } from "../../bench/pod-list.ts";
import { fakeKubectl, list } from "../fleet/fake-kubectl.ts";
import { failed, passed } from "../fleet/nodes.ts";
import { runInit } from "../run-init.ts";

const ENDED = terminationMessage([{ script: "01-a", verdict: "passed", durationMs: 9 }]);
const FIELD = "&fieldSelector=";

describe.concurrent("logs", () => {
  test("of a node: the run before and the last run, byte for byte", async () => {
    const bytes = "\u001b[31mred\u001b[0m\r\nno newline at the end";
    const pod = makePod({ index: 1, node: "node-1", restarts: 1, state: terminated(0, ENDED) });
    const kubectl = fakeKubectl([list(pod)], {
      "--previous": { stdout: "it failed\n" },
      "storageos-init pod/": { stdout: bytes },
    });
    const { status, stdout, stderr } = await runInit([
      "logs",
      "node-1",
      `--kubectl=${kubectl.path}`,
    ]);
    const name = "kube-system/storageos-daemonset-06621";
    const head = stdout
      .toString()
      .replaceAll(/storageos-daemonset-\w+/g, "storageos-daemonset-06621");
    expect(stderr.toString()).toBe("");
    expect(head).toBe(
      `==> node-1, ${name}: the run before <==\nit failed\n==> node-1, ${name}: prepared <==\n${bytes}\n`,
    );
    expect(status).toBe(0);
    const calls = kubectl.calls();
    expect(calls[0]).toContain(`${FIELD}spec.nodeName%3Dnode-1`);
    expect(calls[1]).toStartWith(
      "logs --namespace=kube-system --container=storageos-init --previous pod/",
    );
  });

  test("of a pod, when no node has that name", async () => {
    const kubectl = fakeKubectl([list(), list(), list(passed(1)), { stdout: "done\n" }]);
    const { status, stdout } = await runInit(["logs", "some-pod", `--kubectl=${kubectl.path}`]);
    expect(stdout.toString()).toEndWith("prepared <==\ndone\n");
    expect(status).toBe(0);
    expect(kubectl.calls()[2]).toContain(`${FIELD}metadata.name%3Dsome-pod`);
  });

  test("while it waits to be started again, the cluster has one run only", async () => {
    const kubectl = fakeKubectl([list(failed(1, "no")), { stdout: "log\n" }]);
    const { stdout } = await runInit(["logs", "node-1", `--kubectl=${kubectl.path}`]);
    expect(stdout.toString()).toEndWith(": failed, crash-looping: 01-a: no <==\nlog\n");
    expect(kubectl.calls()).toHaveLength(2);
  });

  test("that the cluster no longer has are told with the reason", async () => {
    const pod = makePod({ index: 1, node: "node-1", restarts: 1, state: terminated(0, ENDED) });
    const gone = {
      stderr: "Error from server (BadRequest): previous container not found\n",
      exitStatus: 1,
    };
    const kubectl = fakeKubectl([list(pod), gone, { stdout: "log\n" }]);
    const { status, stderr } = await runInit(["logs", "node-1", `--kubectl=${kubectl.path}`]);
    expect(stderr.toString()).toBe(
      "init: cannot show the run before: Error from server (BadRequest): previous container not found. Read the pod's events (kubectl -n kube-system describe pod storageos-daemonset-0063z), or the record on the node (docs/record.md)\n",
    );
    expect(status).toBe(0);
  });

  test("on a terminal nothing that was printed steers it", async () => {
    const kubectl = fakeKubectl([
      list(passed(1)),
      { stdout: "\u001b]0;title\u0007\u001b[2Jred\u0007\tcell\n" },
    ]);
    const command = `dist/init logs node-1 --kubectl=${kubectl.path}`;
    const child = Bun.spawn(["script", "-qec", command, "/dev/null"], {
      stdin: "ignore",
      stdout: "pipe",
    });
    expect(await new Response(child.stdout).text()).toEndWith("<==\r\nred\tcell\r\n");
  });

  test("of nothing", async () => {
    const kubectl = fakeKubectl([list()]);
    const { status, stderr } = await runInit(["logs", "node-9", `--kubectl=${kubectl.path}`]);
    expect(stderr.toString()).toBe(
      "init: cannot find node-9: no node with such a pod and no pod of that name with the labels app=storageos,kind=daemonset in any namespace. Check the name, and give the namespace with -n and the labels with -l\n",
    );
    expect(status).toBe(3);
  });

  for (const [args, message] of [
    [
      [],
      "cannot show logs of nothing: no node or pod is named. Give NODE, pod/POD, or --all-failed",
    ],
    [["a", "b"], 'cannot use "b": logs takes one [NODE|pod/POD]'],
    [
      ["a,b"],
      'cannot show logs of "a,b": no node or pod has such a name. Give NODE, pod/POD, or --all-failed',
    ],
  ] as const) {
    test(`logs ${args.join(" ")} is a usage error`, async () => {
      const { status, stderr } = await runInit(["logs", ...args]);
      expect(stderr.toString()).toStartWith(`init: ${message}\n`);
      expect(status).toBe(2);
    });
  }
});
