import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEventReporter } from "./post-events.ts";
import { type FakeCluster, startFakeCluster } from "../../../test/kubernetes/fake-cluster.ts";
import { failure, mountsOf, postAll } from "../../../test/kubernetes/container.ts";
import { countsFileIn } from "../../../test/kubernetes/counts-file.ts";
import { clusterOf } from "../open-cluster.ts";
import { status } from "../../../test/kubernetes/servers.ts";

let cluster: FakeCluster;
let stateDir: string;
beforeAll(() => {
  cluster = startFakeCluster();
});
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "events-test-"));
  cluster.removeEvents();
  cluster.api.requests.length = 0;
  cluster.api.intercept = () => undefined;
});
afterEach(() => rmSync(stateDir, { recursive: true }));
afterAll(async () => cluster.stop());

const events = "/api/v1/namespaces/storage/events";
const other = { ...failure, script: "02-limits" };
const methods = (): string[] => cluster.api.requests.map(({ method }) => method);
const counts = (): (number | undefined)[] => cluster.events().map(({ count }) => count);

function withoutServer(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/https:\/\/[^/]+/, "SERVER"));
}

describe("the requests for a failure", () => {
  test("are one the first time, and one after each restart of the container", async () => {
    await postAll(cluster, [failure], { countsFile: countsFileIn(stateDir) });
    expect(methods()).toEqual(["POST"]);
    await postAll(cluster, [failure], { countsFile: countsFileIn(stateDir) });
    expect(methods()).toEqual(["POST", "PATCH"]);
  });

  test("are three after a restart where the node keeps no state", async () => {
    await postAll(cluster, [failure]);
    await postAll(cluster, [failure], { countsFile: countsFileIn(join(stateDir, "absent")) });
    expect(methods()).toEqual(["POST", "POST", "PATCH", "PATCH"]);
    expect(counts()).toEqual([2]);
  });

  test.each([
    ["damaged", '{"pod":'],
    ["of another pod", '{"pod":"another","counts":EVENT}'],
    ["no file of ours", "[1]"],
  ])("are three where the state is %s, and it is right again", async (_, state) => {
    await postAll(cluster, [failure], { countsFile: countsFileIn(stateDir) });
    const path = join(stateDir, "events.json");
    const good = readFileSync(path, "utf8");
    writeFileSync(path, state.replace("EVENT", JSON.stringify(JSON.parse(good).counts)));
    await postAll(cluster, [failure], { countsFile: countsFileIn(stateDir) });
    expect(methods()).toEqual(["POST", "POST", "PATCH", "PATCH"]);
    expect(counts()).toEqual([2]);
    expect(readFileSync(path, "utf8")).toBe(good.replace(":1}", ":2}"));
  });

  test("count once when the answer to the first was lost", async () => {
    cluster.api.intercept = (_, proceed) => {
      if (cluster.api.requests.length > 1) return undefined;
      proceed();
      return status(504, "Timeout", "request timed out");
    };
    await postAll(cluster, [failure]);
    expect(methods()).toEqual(["POST", "POST", "PATCH"]);
    expect(counts()).toEqual([1]);
  });
});

describe("a failure to post", () => {
  const rule =
    'Allow the pod\'s ServiceAccount "create" and "patch" on events in a Role in namespace storage (deploy/rbac.yaml), or pass --events=off';

  test("is one line in the log, with the missing rule", async () => {
    cluster.api.intercept = () => status(403, "Forbidden", "events is forbidden");
    expect(withoutServer(await postAll(cluster, [failure, other]))).toEqual([
      `cannot post pod event ScriptFailed of script "01-lio/enable-lio": POST SERVER${events}: 403 Forbidden: events is forbidden (ApiForbidden). ${rule}`,
    ]);
  });

  test("of one event does not keep the next from being posted", async () => {
    cluster.api.intercept = () =>
      cluster.api.requests.length === 1 ? status(422, "Invalid", "no") : undefined;
    const log = await postAll(cluster, [failure, other]);
    expect(log.length).toBe(1);
    expect(cluster.events().map(({ message }) => message?.slice(0, 9))).toEqual(["02-limits"]);
  });

  test("that passes is not told", async () => {
    cluster.api.intercept = () =>
      cluster.api.requests.length < 3
        ? status(429, "TooManyRequests", "later", { "Retry-After": "0" })
        : undefined;
    expect(await postAll(cluster, [failure])).toEqual([]);
    expect(methods()).toEqual(["POST", "POST", "POST"]);
    expect(counts()).toEqual([1]);
  });

  test("is made good by the count of the next", async () => {
    cluster.api.intercept = () => status(403, "Forbidden", "events is forbidden");
    await postAll(cluster, [failure], { countsFile: countsFileIn(stateDir) });
    await postAll(cluster, [failure], { countsFile: countsFileIn(stateDir) });
    expect(cluster.events()).toEqual([]);
    cluster.api.intercept = () => undefined;
    await postAll(cluster, [failure], { countsFile: countsFileIn(stateDir) });
    expect(counts()).toEqual([3]);
    expect(methods().slice(-2)).toEqual(["PATCH", "POST"]);
  });

  test("ends with the budget, and the reason is told", async () => {
    cluster.api.intercept = () =>
      status(429, "TooManyRequests", "later", { "Retry-After": "3600" });
    const log: string[] = [];
    const reporter = openReporter((line) => log.push(line));
    reporter.post(failure);
    reporter.post(other);
    await reporter.close(300);
    expect(withoutServer(log)).toEqual([
      `cannot post pod event ScriptFailed of script "01-lio/enable-lio": POST SERVER${events}: 429 TooManyRequests: later (ApiServerError). Check the API server's health: kubectl get --raw '/readyz?verbose', or pass --events=off`,
    ]);
  });

  test("for want of the pod is told, once, when a last look did not find it either", async () => {
    const env = { ...cluster.access.env, POD_NAMESPACE: "storage" };
    expect(await postAll(cluster, [failure, other], { env })).toEqual([
      `cannot find this pod: POD_NAME, POD_NAMESPACE and POD_UID are not all set; the ServiceAccount's token names no pod; cannot read /dev/null/var/log/pods: ENOTDIR; namespace storage has no pod with uid ${cluster.pod.uid} and status.podIP 192.0.2.9 (PodNotFound). Set POD_NAME, POD_NAMESPACE and POD_UID from the downward API (fieldRef metadata.name, metadata.namespace, metadata.uid), or allow the pod's ServiceAccount "list" on pods (deploy/rbac.yaml)`,
    ]);
    expect(methods()).toEqual(["GET", "GET", "GET"]);
  });

  test("for want of a token is told", async () => {
    const serviceAccountDir = join(stateDir, "absent");
    expect(await postAll(cluster, [failure], { serviceAccountDir })).toEqual([
      `cannot post pod events: ${serviceAccountDir}/ca.crt: ENOENT (ApiCredentialsMissing). Give the pod its ServiceAccount's token (automountServiceAccountToken: true), or pass --events=off`,
    ]);
  });
});

const UID = "0b2a280e-e975-4a48-b908-a29da7b9da2d";

function openReporter(log: (line: string) => void, spreadMs = 0) {
  const env = { ...cluster.access.env, POD_NAME: "a", POD_NAMESPACE: "storage", POD_UID: UID };
  const { serviceAccountDir } = cluster.access;
  const mountinfo = mountsOf(UID);
  const openCluster = clusterOf({ env, hostRoot: "/dev/null", mountinfo, serviceAccountDir, log });
  return createEventReporter({ openCluster, eventOutput: "tail", spreadMs, log });
}

describe("a reporter", () => {
  test("posts while the run goes on", async () => {
    const posted = Promise.withResolvers<void>();
    cluster.api.intercept = () => {
      posted.resolve();
      return undefined;
    };
    const reporter = openReporter(() => undefined);
    reporter.post(failure);
    await posted.promise;
    await reporter.close(5_000);
  });

  test("without an event asks for nothing", async () => {
    await openReporter(() => undefined).close(5_000);
    expect(cluster.api.requests).toEqual([]);
  });

  test("with a defect says so and lets the run go on", async () => {
    const broken = { ...failure, text: undefined } as unknown as typeof failure;
    const log = await postAll(cluster, [broken, broken, other]);
    expect(log.length).toBe(1);
    expect(log[0]).toStartWith(
      "cannot post pod events: internal error; please report this bug: TypeError: ",
    );
    expect(counts()).toEqual([1]);
  });

  test("spreads warnings, and tells a prepared node at once", async () => {
    const log: string[] = [];
    const late = openReporter((line) => log.push(line), 1e9);
    late.post(failure);
    await late.close(100);
    expect(cluster.api.requests).toEqual([]);
    expect(log.length).toBe(1);
    const soon = openReporter((line) => log.push(line), 1e9);
    soon.post({ reason: "NodePrepared", text: { cause: "done", fix: "", output: "" } });
    await soon.close(30_000);
    expect(counts()).toEqual([1]);
  });
});
