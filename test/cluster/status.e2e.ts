/** `init status` and `init logs` through a real kubectl, against pods of a real API server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFleetPod } from "../../bench/fleet.ts";
import { terminated, terminationMessage } from "../../bench/pod-list.ts";
import { buildImage, run } from "./image.ts";
import {
  createOwner,
  createPods,
  openProxy,
  type ApiProxy,
  type Owner,
  setStatus,
} from "./pods.ts";
import { kubectl } from "./real-cluster.ts";

const INIT = join(import.meta.dir, "../../dist/init");
const PODS = 2000;

type Told = { readonly status: number; readonly stdout: string; readonly stderr: string };

function init(...args: readonly string[]): Told {
  const { exitCode, stdout, stderr } = Bun.spawnSync([INIT, ...args]);
  return { status: exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** For the person who looks at the test's output; nothing is claimed of it. */
function timed<Value>(what: string, work: () => Value): Value {
  const before = performance.now();
  const value = work();
  process.stderr.write(`${what} of ${PODS} pods: ${Math.round(performance.now() - before)} ms\n`);
  return value;
}

function withoutAges({ stdout }: Told): string {
  return stdout.replaceAll(/\(\w+ ago\)/g, "");
}

let namespace = "";
let proxy: ApiProxy;
let owner: Owner;
const directory = mkdtempSync(join(tmpdir(), "status-e2e-"));

beforeAll(async () => {
  const metadata = { generateName: "init-status-test-" };
  const object = { apiVersion: "v1", kind: "Namespace", metadata };
  namespace = JSON.parse(kubectl(["create", "-o", "json", "-f", "-"], object)).metadata.name;
  proxy = await openProxy();
  owner = await createOwner(proxy, namespace);
}, 120_000);

afterAll(async () => {
  await owner.remove();
  await proxy.close();
  kubectl(["delete", "namespace", namespace, "--wait=false"]);
  rmSync(directory, { recursive: true });
}, 120_000);

describe(`of ${PODS} pods`, () => {
  beforeAll(async () => {
    await createPods(
      proxy,
      namespace,
      Array.from({ length: PODS }, (_, index) => makeFleetPod(index)),
      { owner },
    );
  }, 900_000);

  test("tells the verdict and the causes from the lists", () => {
    const { status, stdout, stderr } = timed("init status", () => init("status", "-n", namespace));
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(
      "1,982 of 2,000 nodes prepared, 18 not: 16 failed (4 causes), 2 running",
    );
    expect(status).toBe(1);
  });

  test("as kubectl's plugin, and from what kubectl get printed", async () => {
    symlinkSync(INIT, join(directory, "kubectl-storageos_init"));
    const env = { ...process.env, PATH: `${directory}:${process.env["PATH"]}` };
    const child = Bun.spawnSync(["kubectl", "storageos-init", "status", "-n", namespace], { env });
    expect(child.stdout.toString()).toStartWith("1,982 of 2,000 nodes prepared");
    const file = join(directory, "pods.json");
    const get = ["-n", namespace, "get", "pods,daemonsets", "-o", "json"];
    await Bun.write(
      file,
      timed("kubectl get pods -o json", () => kubectl(get)),
    );
    expect(withoutAges(init("status", "-f", file))).toBe(
      withoutAges(init("status", "-n", namespace)),
    );
  });

  test("with the cluster's nodes", () => {
    const { stdout } = init("status", "-n", namespace, "--nodes=all", "-o=json");
    const nodes = kubectl(["get", "nodes", "-o", "name"]).split("\n").filter(Boolean).length;
    expect(JSON.parse(stdout).counts["no-pod"]).toBe(nodes);
  });
});

test("--watch ends when the last node is prepared", async () => {
  const labels = { app: "watched" };
  const pods = [0, 62].map((index) => makeFleetPod(index));
  const names = await createPods(proxy, namespace, pods, { owner, labels });
  const args = ["status", "-n", namespace, "-l", "app=watched", "--watch", "--timeout=90s"];
  const child = Bun.spawn([INIT, ...args], { stdout: "pipe", stderr: "pipe" });
  const message = terminationMessage([{ script: "01-a", verdict: "passed", durationMs: 5 }]);
  const ended = { name: "storageos-init", ready: true, restartCount: 1, image: "a", imageID: "" };
  for (const name of names) {
    const initContainerStatuses = [{ ...ended, state: terminated(0, message), lastState: {} }];
    const conditions = [{ type: "Initialized", status: "True" }];
    await setStatus(proxy, namespace, name, {
      phase: "Running",
      conditions,
      initContainerStatuses,
    });
  }
  expect(await new Response(child.stdout).text()).toStartWith("2 of 2 nodes prepared\n");
  expect(await child.exited).toBe(0);
}, 120_000);

test("a namespace without pods, and one that may not be read", () => {
  const none = init("status", "-n", "init-no-such-namespace");
  expect(none.stderr).toStartWith("init: unknown: no pods with the labels");
  expect(none.status).toBe(3);
});

const load = process.env["CLUSTER_LOAD"];
if (load === undefined)
  process.stderr.write("logs of a real pod skipped: CLUSTER_LOAD is not set\n");

describe.skipIf(load === undefined)("logs of a pod that fails again and again", () => {
  const image = "localhost/storageos-init-shell:1";

  test("are told with the state", async () => {
    run(...(load ?? "").split(" "), buildImage(directory, image, "/bin/dash"));
    const message = 'cause: none. Look\\n{"v":1,"outcome":"failed","script":"cause","scripts":[]}';
    const script = `echo "it said this"; printf '${message}' >/dev/termination-log; exit 7`;
    const container = {
      image,
      imagePullPolicy: "Never",
      command: ["/program", "-c", script],
    };
    kubectl(["-n", namespace, "apply", "-f", "-"], {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "failing" },
      spec: {
        selector: { matchLabels: { app: "failing" } },
        template: {
          metadata: { labels: { app: "failing" } },
          spec: {
            hostNetwork: true,
            tolerations: [{ operator: "Exists" }],
            initContainers: [{ name: "any-name", ...container }],
            containers: [{ name: "node", ...container }],
          },
        },
      },
    });
    const where = ["-n", namespace, "-l", "app=failing"];
    for (const end = Date.now() + 120_000; Date.now() < end; await Bun.sleep(500)) {
      if (init("status", ...where).stdout.includes("crash-looping")) break;
    }
    const { stdout } = init("status", ...where);
    expect(stdout).toContain("1 node failed in cause: none\n   fix: Look\n");
    const shown = "jsonpath={.items[0].spec.nodeName} {.items[0].metadata.name}";
    const targets = kubectl(["get", "pods", "-o", shown, ...where]).split(" ");
    for (const target of targets) {
      const told = init("logs", target, ...where);
      expect(told.stdout).toEndWith("it said this\n");
      expect(told.status).toBe(0);
    }
  }, 240_000);
});
