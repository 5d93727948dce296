import { afterAll, beforeAll, expect, test } from "bun:test";
import { failure, postAll } from "../kubernetes/container.ts";
import { createNamespace, kubectl, type RealCluster } from "./real-cluster.ts";

let cluster: RealCluster;
beforeAll(() => {
  cluster = createNamespace();
});
afterAll(() => cluster.remove());

/** The rows below `Events:`, with ages as AGE and columns parted by two spaces. */
function describedEvents(): string[] {
  const text = kubectl(["-n", cluster.namespace, "describe", "pod", cluster.pod.name]);
  const [, events = ""] = text.split(/^Events:\n/m);
  const rows = events.trimEnd().split("\n").slice(2);
  return rows.map((row) =>
    row
      .trim()
      .replaceAll(/ {2,}/g, "  ")
      // from kubectl 1.35 on
      .replace("spec.initContainers{my-init}: ", "")
      .replace(/\b\d+s(?: \(x(\d+) over \d+s\))?/, (_, count) => `AGE x${count ?? 1}`),
  );
}

test("kubectl describe pod shows every cause, once, with what to do", async () => {
  await postAll(cluster, [failure]);
  await postAll(cluster, [failure]);
  const last = { ...failure.text, output: `${"x".repeat(3000)}\nthe last line\n` };
  await postAll(cluster, [{ ...failure, text: last }]);
  await postAll(cluster, [
    {
      reason: "ScriptTimedOut",
      script: "02-etcd",
      text: { cause: "no end within 60 s", fix: "Open TCP 2379", output: "" },
    },
    {
      reason: "NodePrepared",
      text: { cause: "4 scripts passed in 1.2 s", fix: "", output: "" },
    },
  ]);
  const rows = describedEvents();
  expect(rows.length).toBe(3);
  expect(rows.map((row) => row.replace(/x{9,}/, "x…")).toSorted()).toEqual([
    "Normal  NodePrepared  AGE x1  storageos-init  4 scripts passed in 1.2 s.",
    "Warning  ScriptFailed  AGE x3  storageos-init  01-lio/enable-lio: Module tcm_loop not found. Install linux-modules-extra-6.1.0. Output: …x… | the last line",
    "Warning  ScriptTimedOut  AGE x1  storageos-init  02-etcd: no end within 60 s. Open TCP 2379.",
  ]);
}, 120_000);
