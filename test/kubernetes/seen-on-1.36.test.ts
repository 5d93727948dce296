/**
 * What Kubernetes 1.36.2 said, recorded from it (test/fixtures/kubernetes-1.36): the pods of the
 * chart on a node without LIO and on one that cannot take a pod, replayed through `init status`,
 * also in the states that only differ in time; a token's claims; a policy's refusal.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerStatus, Event, EventList, PodList } from "kubernetes-types/core/v1";
import { readTokenClaims } from "../../src/init/kubernetes/token-claims.ts";
import { runInit } from "../run-init.ts";
import { temporaryDirectory } from "../temporary.ts";
import { reportCondition } from "./container.ts";
import { type FakeCluster, startFakeCluster } from "./fake-cluster.ts";

const FIXTURES = join(import.meta.dir, "../fixtures/kubernetes-1.36");
const directory = temporaryDirectory("seen-on-1.36");

function recorded(name: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, name), "utf8")) as unknown;
}

type Report = {
  readonly prepared: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly causes: readonly { readonly cause: string; readonly nodes: readonly string[] }[];
};

/** `init status` of the recorded pods, after `change` to the status of our init container. */
async function statusAfter(
  change: (ours: ContainerStatus, all: ContainerStatus[]) => void,
): Promise<{ readonly status: number | undefined; readonly report: Report }> {
  const pods = recorded("pods-init-error.json") as PodList;
  const statuses = pods.items[1]?.status?.initContainerStatuses;
  const [ours] = statuses ?? [];
  if (statuses === undefined || ours === undefined) throw new Error("the recording has no status");
  change(ours, statuses);
  const file = join(directory, `${crypto.randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(pods));
  const { status, stdout, stderr } = await runInit(["status", "-f", file, "-o", "json"]);
  if (stdout.length === 0) throw new Error(stderr.toString());
  return { status, report: JSON.parse(stdout.toString()) as Report };
}

const LIO = "cannot load kernel modules configfs, target_core_mod, tcm_loop";
type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

describe("init status of the pods", () => {
  const waiting = (reason: string) => (ours: Mutable<ContainerStatus>) => {
    ours.lastState = ours.state ?? {};
    ours.state = { waiting: { reason } };
  };
  const sidecar = {
    name: "mesh",
    restartCount: 0,
    ready: true,
    started: true,
    image: "mesh:1",
    imageID: "",
    state: { running: { startedAt: "2026-11-24T00:45:09Z" } },
    lastState: {},
  } as unknown as ContainerStatus;

  test.each([
    ["as they were: Init:Error", () => undefined],
    ["in Init:CrashLoopBackOff, the message in lastState", waiting("CrashLoopBackOff")],
    ["about to start again", waiting("PodInitializing")],
    ["with a native sidecar before ours", (_, all) => void all.unshift(sidecar)],
    ["with a native sidecar after ours", (_, all) => void all.push(sidecar)],
  ] as const satisfies readonly (readonly [string, Parameters<typeof statusAfter>[0]])[])(
    "%s",
    async (_, change) => {
      const { status, report } = await statusAfter(change);
      expect(status).toBe(1);
      expect(report.prepared).toBe(0);
      expect(report.counts["failed"]).toBe(1);
      const cause = report.causes.find(({ nodes }) => nodes.includes("localhost"));
      expect(cause?.cause).toStartWith(LIO);
      expect(report.causes.map(({ cause: text }) => text).join("\n")).toContain(
        "0/2 nodes are available",
      );
    },
  );

  test.each([
    ["StartError", { terminated: { reason: "StartError", exitCode: 128, message: "runc: no" } }],
    ["CreateContainerConfigError", { waiting: { reason: "CreateContainerConfigError" } }],
  ])("with %s are not prepared", async (_, state) => {
    const { status, report } = await statusAfter((ours: Mutable<ContainerStatus>) => {
      ours.state = state;
      ours.lastState = {};
    });
    expect([status, report.prepared]).toEqual([1, 0]);
    expect(report.causes.flatMap(({ nodes }) => nodes)).toContain("localhost");
  });
});

test("the claims of a mounted token name the pod and its node", () => {
  const claims = Buffer.from(JSON.stringify(recorded("token-claims.json"))).toString("base64url");
  expect(readTokenClaims(`e30.${claims}.c2ln`)).toEqual({
    namespace: "story",
    name: "who",
    uid: "de29dfa4-6af0-4779-9a97-e4286937384f",
    node: "localhost",
  });
});

test("our own event is of the init container, and one for all restarts", () => {
  const { items } = recorded("events-init-error.json") as EventList;
  const own = items.filter(({ source }: Event) => source?.component === "storageos-init");
  expect(own.map(({ count, involvedObject }) => [count, involvedObject.fieldPath])).toEqual([
    [2, "spec.initContainers{storageos-init}"],
  ]);
});

describe("a refusal by the admission policy", () => {
  let cluster: FakeCluster;
  beforeAll(() => {
    cluster = startFakeCluster();
    cluster.api.objects.set("/api/v1/nodes/worker-1", { kind: "Node", metadata: {} });
  });
  afterAll(async () => cluster.stop());

  test("is one line of the log, with the policy's message once", async () => {
    const refusal = recorded("policy-refusal-other-node.json") as object;
    cluster.api.intercept = ({ method }) =>
      method === "PATCH" ? Response.json(refusal, { status: 422 }) : undefined;
    const log = await reportCondition(cluster, { isPrepared: true, summary: "prepared" });
    expect(log.length).toBe(1);
    expect(log[0]?.split("may change only the node that its token is bound to").length).toBe(2);
    expect(log[0]).toContain("(ApiRequestRejected)");
  });
});
