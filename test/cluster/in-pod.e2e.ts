/**
 * In a real init container of a real DaemonSet, started as the operators start it: without the
 * downward API. Needs a node, and CLUSTER_LOAD, the command that brings an image archive to it
 * (`kind load image-archive`). The program is the driver; once the image is built, dist/init
 * with a scripts directory takes its place here.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event, EventList, Pod, PodList } from "kubernetes-types/core/v1";
import type { DriverInput } from "../kubernetes/driver.ts";
import { failure } from "../kubernetes/container.ts";
import { buildImage, run } from "./image.ts";
import { createNamespace, kubectl, type RealCluster } from "./real-cluster.ts";

const load = process.env["CLUSTER_LOAD"];
if (load === undefined) {
  process.stderr.write("in-pod tests skipped: CLUSTER_LOAD is not set\n");
}

const IMAGE = "localhost/storageos-init-driver:v1.4.0";
const DAEMON_SET = "any-name";
const labels = { app: "storageos", kind: "daemonset" };

function daemonSet(cluster: RealCluster): object {
  const input: DriverInput = {
    // what /proc/1/root shows where the machine lets a container look there
    hostRoot: "/host",
    stateDir: "/var/lib/storageos/init",
    dsName: DAEMON_SET,
    dsNamespace: cluster.namespace,
    container: "node",
    lookUp: true,
    events: [failure],
    exitStatus: 1,
  };
  const init = {
    name: "prepare",
    image: IMAGE,
    imagePullPolicy: "Never",
    args: [JSON.stringify(input)],
    securityContext: { privileged: true },
    volumeMounts: [
      { name: "logs", mountPath: "/host/var/log/pods" },
      { name: "state", mountPath: "/var/lib/storageos/init" },
    ],
  };
  const spec = {
    serviceAccountName: cluster.serviceAccount,
    hostNetwork: true,
    hostPID: true,
    tolerations: [{ operator: "Exists" }],
    initContainers: [init],
    containers: [{ name: "node", image: IMAGE, imagePullPolicy: "Never" }],
    volumes: [
      { name: "logs", hostPath: { path: "/var/log/pods" } },
      { name: "state", emptyDir: {} },
    ],
  };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: DAEMON_SET },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: "OnDelete" },
      template: { metadata: { labels }, spec },
    },
  };
}

describe.skipIf(load === undefined)("in a pod of a DaemonSet", () => {
  const directory = mkdtempSync(join(tmpdir(), "in-pod-"));
  let cluster: RealCluster;
  let pod: Pod;

  beforeAll(() => {
    const driver = join(import.meta.dir, "../kubernetes/driver.ts");
    const program = join(directory, "driver");
    run(process.execPath, "build", "--compile", "--outfile", program, driver);
    run(...(load ?? "").split(" "), buildImage(directory, IMAGE, program));
    cluster = createNamespace();
    kubectl(["-n", cluster.namespace, "apply", "-f", "-"], daemonSet(cluster));
    pod = waitFor("a pod that failed twice", () => {
      const selector = "app=storageos,kind=daemonset";
      const text = kubectl(["-n", cluster.namespace, "get", "pods", "-l", selector, "-o", "json"]);
      const pods: PodList = JSON.parse(text);
      return pods.items.find((each) => (restarts(each) ?? 0) >= 2);
    });
  }, 300_000);

  afterAll(() => {
    cluster.remove();
    rmSync(directory, { recursive: true });
  });

  test("the init container finds its own pod's image", () => {
    const logs = waitFor("what the container printed", () => {
      const name = pod.metadata?.name ?? "";
      return kubectl(["-n", cluster.namespace, "logs", name, "-c", "prepare"]) || undefined;
    });
    const source = `Pod ${cluster.namespace}/${pod.metadata?.name}`;
    expect(JSON.parse(logs)).toEqual({
      image: { ok: true, value: { image: IMAGE, source } },
      log: [],
    });
  });

  test("its restarts leave one event, of this container", () => {
    const event = waitFor("an event with count 2", () => {
      const events = eventsOf(pod).filter(({ source }) => source?.component === "storageos-init");
      return events.length === 1 && (events[0]?.count ?? 0) >= 2 ? events[0] : undefined;
    });
    expect(event.involvedObject).toMatchObject({
      uid: pod.metadata?.uid ?? "",
      fieldPath: "spec.initContainers{prepare}",
    });
    expect(event.reason).toBe("ScriptFailed");
  });

  function eventsOf({ metadata }: Pod): Event[] {
    const only = `--field-selector=involvedObject.uid=${metadata?.uid}`;
    const text = kubectl(["-n", cluster.namespace, "get", "events", only, "-o", "json"]);
    const list: EventList = JSON.parse(text);
    return list.items;
  }
});

function restarts({ status }: Pod): number | undefined {
  return status?.initContainerStatuses?.[0]?.restartCount;
}

function waitFor<Value>(what: string, look: () => Value | undefined): Value {
  const end = Date.now() + 120_000;
  while (Date.now() < end) {
    const value = look();
    if (value !== undefined) return value;
    Bun.sleepSync(500);
  }
  throw new Error(`waited 120 s for ${what}`);
}
