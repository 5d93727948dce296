/** A script fails: what a person sees of it, and that mending the fault is all it takes. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Pod } from "kubernetes-types/core/v1";
import {
  createNamespace,
  eventually,
  hasFailed,
  isRunning,
  type Namespace,
  noImage,
  script,
} from "./deployment.ts";

const BROKEN = script(
  "echo looking at the disk",
  'printf "%s\\n" "disk /dev/sdz is not there" "Attach it" >"$TERMINATION_MESSAGE_PATH"',
  "exit 37",
);

describe.skipIf(noImage !== undefined)("a script fails", () => {
  let namespace: Namespace;
  let pod: Pod;

  beforeAll(async () => {
    namespace = await createNamespace();
    const files = { "01-disk": BROKEN, "02-never": script("echo never") };
    await namespace.install({ scripts: { bundled: false, files } });
    pod = await namespace.pod(hasFailed(2), "a pod that failed twice");
  }, 300_000);
  afterAll(async () => namespace.remove());

  test("kubectl get pods shows Init:Error, and nothing but such states", async () => {
    const seen = new Set<string>();
    // From 1.36 on Init:CrashLoopBackOff comes late or not at all.
    await eventually("Init:Error, and another restart", async () => {
      const [, , status = ""] = (await namespace.kubectl(["get", "pods", "--no-headers"])).split(
        / +/,
      );
      seen.add(status);
      const now = await namespace.pod(() => true, "the pod");
      return seen.has("Init:Error") && hasFailed(3)(now) ? true : undefined;
    });
    expect([...seen].filter((status) => !status.startsWith("Init:"))).toEqual([]);
  });

  test("kubectl describe pod shows exit status, cause, fix, and an event that counts", async () => {
    const described = await eventually("a count of two", async () => {
      const text = await namespace.kubectl(["describe", "pod", pod.metadata?.name ?? ""]);
      return /ScriptFailed +\S+ \(x[2-9]/.test(text) ? text : undefined;
    });
    expect(described).toMatch(/\n {6}Exit Code: +1\n/);
    expect(described).toMatch(
      /\n {6}Message: +01-disk: disk \/dev\/sdz is not there\. Attach it\n *\{"v":1,"outcome":"failed",.*"script":"01-disk",.*"status":37,/,
    );
    const rows = described.split("\n").filter((line) => /Warning +ScriptFailed/.test(line));
    expect(rows.length).toBe(1);
    expect(rows[0]).toMatch(
      /^ {2}Warning +ScriptFailed .* storageos-init +(?:spec\.initContainers\{storageos-init\}: )?01-disk: disk \/dev\/sdz is not there \(ScriptFailed\)\. Attach it\. Output: looking at the disk/,
    );
  });

  test("the main container never started", async () => {
    const main = (await namespace.pod(() => true, "the pod")).status?.containerStatuses?.[0];
    expect([main?.restartCount, main?.started ?? false, main?.lastState]).toEqual([0, false, {}]);
  });

  test("the fault is mended: the next restart passes, in the same pod", async () => {
    const patch = JSON.stringify({ data: { "01-disk": script("echo disk is there") } });
    await namespace.kubectl(["patch", "configmap", "storageos-daemonset-scripts", "-p", patch]);
    const running = await namespace.pod(isRunning, "a running pod");
    expect(running.metadata?.uid).toBe(pod.metadata?.uid ?? "");
    expect(await namespace.logs(running)).toContain("disk is there");
  }, 300_000);
});
