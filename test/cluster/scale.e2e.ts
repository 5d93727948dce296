/**
 * Many pods whose init container fails several times each, from one process. Each failure is a
 * container of its own: nothing but the node's state directory lasts from one to the next.
 * SCALE_PODS sets their number (2000 is the size that docs/kubernetes.md gives figures for).
 */
import { countsFileIn } from "../kubernetes/counts-file.ts";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PodList } from "kubernetes-types/core/v1";
import { createEventReporter } from "../../src/init/kubernetes/post-events.ts";
import { clusterOf } from "../../src/init/open-cluster.ts";
import { failure, mountsOf } from "../kubernetes/container.ts";
import { createNamespace, kubectl, podNamed, type RealCluster } from "./real-cluster.ts";

const PODS = Number(process.env["SCALE_PODS"] ?? 200);
const FAILURES = 5;
/** What init gives at its end. Here it only counts as late, so that a slow machine fails no test. */
const BUDGET_MS = 5_000;
const PATIENCE_MS = 120_000;

let cluster: RealCluster;
const stateDirs = mkdtempSync(join(tmpdir(), "scale-"));
beforeAll(() => {
  cluster = createNamespace();
});
afterAll(() => {
  cluster.remove();
  rmSync(stateDirs, { recursive: true });
});

type Identity = { readonly name: string; readonly uid: string };

function createPods(): Identity[] {
  const items = Array.from({ length: PODS }, (_, index) =>
    podNamed(`node-${index}`, { test: "scale" }),
  );
  const list = { apiVersion: "v1", kind: "List", items };
  kubectl(["-n", cluster.namespace, "create", "-f", "-"], list);
  const text = kubectl(["-n", cluster.namespace, "get", "pods", "-l", "test=scale", "-o", "json"]);
  const created: PodList = JSON.parse(text);
  return created.items.map(({ metadata }) => ({
    name: metadata?.name ?? "",
    uid: metadata?.uid ?? "",
  }));
}

/** One container's life: one failure, then the end of the run with its budget. */
async function failOnce(pod: Identity, attempt: number): Promise<{ log: string[]; late: boolean }> {
  const log: string[] = [];
  const identity = { POD_NAME: pod.name, POD_NAMESPACE: cluster.namespace, POD_UID: pod.uid };
  const sources = {
    env: { ...cluster.access.env, ...identity, NODE_NAME: pod.name },
    hostRoot: "/dev/null",
    mountinfo: mountsOf(pod.uid),
    serviceAccountDir: cluster.access.serviceAccountDir,
    log: (line: string) => void log.push(line),
  };
  const reporter = createEventReporter({
    openCluster: clusterOf(sources),
    eventOutput: "tail",
    countsFile: countsFileIn(join(stateDirs, pod.name)),
    log: sources.log,
  });
  reporter.post({ ...failure, text: { ...failure.text, output: `attempt ${attempt}` } });
  const start = performance.now();
  await reporter.close(PATIENCE_MS);
  return { log, late: performance.now() - start > BUDGET_MS };
}

/** Requests for events as the API server counted them, by verb and status, all namespaces together. */
function countRequests(): Map<string, number> {
  const counts = new Map<string, number>();
  const line =
    /^apiserver_request_total\{(?=[^}]*resource="events")(?=[^}]*code="(?<code>\d+)")(?=[^}]*verb="(?<verb>POST|PATCH)")[^}]*\} (?<count>\S+)$/gm;
  for (const { groups } of kubectl(["get", "--raw", "/metrics"]).matchAll(line)) {
    const key = `${groups?.["verb"]} ${groups?.["code"]}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(groups?.["count"]));
  }
  return counts;
}

test(`${PODS} pods that fail ${FAILURES} times leave ${PODS} events`, async () => {
  const pods = createPods();
  for (const { name } of pods) mkdirSync(join(stateDirs, name));
  const before = countRequests();
  const lost: string[] = [];
  const durations: number[] = [];
  let late = 0;
  for (let attempt = 1; attempt <= FAILURES; attempt++) {
    const start = performance.now();
    const lives = await Promise.all(pods.map(async (pod) => failOnce(pod, attempt)));
    durations.push(Math.round(performance.now() - start));
    lost.push(...lives.flatMap(({ log }) => log));
    late += lives.filter((life) => life.late).length;
  }
  const requests = [...countRequests()].flatMap(([key, count]) => {
    const made = count - (before.get(key) ?? 0);
    return made > 0 ? [[key, made] as const] : [];
  });
  const events = cluster.events();
  process.stdout.write(
    `${PODS} pods x ${FAILURES} failures: ${events.length} event objects; requests ${requests.map(([key, made]) => `${key}: ${made}`).join(", ")}; ms per round ${durations.join(", ")}; ${lost.length} not posted, ${late} later than ${BUDGET_MS} ms\n`,
  );
  // the first few say enough
  expect(lost.slice(0, 3)).toEqual([]);
  expect(events.length).toBe(PODS);
  expect(new Set(events.map(({ count }) => count))).toEqual(new Set([FAILURES]));
  expect(events.every(({ message }) => message?.endsWith(`attempt ${FAILURES}`))).toBe(true);
  // others may post events at the same time, so this is a bound on what is ours
  const made = requests.reduce((sum, [, count]) => sum + count, 0);
  expect(made).toBeLessThanOrEqual(PODS * FAILURES * 1.02);
}, 900_000);
