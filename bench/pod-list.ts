/**
 * Pods as an API server gives them (about 12 KB each: managed fields, volumes, tolerations), with
 * termination messages that the program itself words. The same number always makes the same pod.
 */
import { messageOfResult, messageWhileRunning } from "../src/init/report/termination-message.ts";
import { failuresOf } from "../src/init/run/failures-of.ts";
import type { Ending, Outcome } from "../src/init/run/outcome.ts";
import type { Verdict } from "../src/lib/contract/verdict.ts";
import { readScriptMessage } from "../src/lib/contract/script-message.ts";

export const NODE_IMAGE = "registry.example.com/storageos/node:v2.4.4";

export type ScriptEnd = {
  readonly script: string;
  readonly verdict: Verdict;
  readonly durationMs: number;
  /** What a script that failed or warns wrote as its termination message. */
  readonly message?: string;
};

/** The termination message of a run with these ends. */
export function terminationMessage(
  ends: readonly ScriptEnd[],
  init = "3.0.0",
  nodeImage = NODE_IMAGE,
): string {
  const outcomes = ends.map(outcomeOf);
  const durationMs = ends.reduce((sum, end) => sum + end.durationMs, 0);
  const result = {
    action: "run" as const,
    outcomes,
    stoppedBy: undefined,
    startedAt: 0,
    durationMs,
  };
  return messageOfResult(result, { init, nodeImage, budget: 4096 }, true);
}

export function runningMessage(script: string): string {
  return messageWhileRunning(script, { init: "3.0.0", nodeImage: NODE_IMAGE, budget: 1024 });
}

const NO_SERIES = { output: "", first: undefined, changes: [] };

function outcomeOf({ script, verdict, durationMs, message = "" }: ScriptEnd): Outcome {
  const none = new Uint8Array();
  const tail = { stdout: none, stderr: none };
  const base = { script, verdict, durationMs, attempts: 1, startedAt: 0, tail, ...NO_SERIES };
  if (verdict === "cancelled" || verdict === "skipped") {
    const reason = "an earlier script failed";
    return { ...base, attempts: 0, ending: undefined, reason, failures: [], reported: [] };
  }
  const ending: Ending =
    verdict === "timed-out"
      ? { how: "timed-out", afterMs: 60_000, deadline: "script", died: true }
      : { how: "exited", status: verdict === "passed" || verdict === "warned" ? 0 : 1 };
  const given = readScriptMessage(message).failures;
  const failures =
    verdict === "passed"
      ? []
      : failuresOf({ ending, given, printed: { kept: [], reads: [] } }, true);
  return { ...base, reason: undefined, ending, failures, reported: failures };
}

export type ContainerState = Readonly<Record<string, unknown>>;

export type PodOptions = {
  readonly index: number;
  readonly node?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
  readonly restarts?: number;
  readonly image?: string;
};

export const BEGIN = Date.parse("2026-11-22T02:13:00Z");

export function terminated(exitCode: number, message: string, reason?: string): ContainerState {
  return {
    terminated: {
      exitCode,
      message,
      reason: reason ?? (exitCode === 0 ? "Completed" : "Error"),
      startedAt: "2026-11-22T02:13:05Z",
      finishedAt: "2026-11-22T02:13:09Z",
      containerID: `containerd://${"5".repeat(64)}`,
    },
  };
}

export const CRASH_LOOP: ContainerState = {
  waiting: {
    reason: "CrashLoopBackOff",
    message: "back-off 5m0s restarting failed container=storageos-init pod=storageos-daemonset",
  },
};

export function nodeName(index: number): string {
  return `ip-10-${(index >> 16) & 255}-${(index >> 8) & 255}-${index & 255}.eu-west-1.compute.internal`;
}

export const DAEMON_SET_UID = "7c1b5a0e-3f53-4f0a-9a34-1f0f5a6d2b10";

/** Of every pod, as its DaemonSet names itself. */
export const OWNER = {
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  name: "storageos-daemonset",
  uid: DAEMON_SET_UID,
  controller: true,
};

/** A pod of the DaemonSet, as `kubectl get --raw` shows it. */
export function makePod(options: PodOptions): Record<string, unknown> {
  const { index, node = nodeName(index), restarts = 0, image = NODE_IMAGE } = options;
  const name = `storageos-daemonset-${(index * 7919 + 60_466_176).toString(36).slice(-5)}`;
  const end = options.state?.["terminated"] as { readonly exitCode: number } | undefined;
  const isDone = end?.exitCode === 0;
  const created = new Date(BEGIN + (index % 600) * 1000).toISOString().replace(".000", "");
  return {
    metadata: {
      name,
      generateName: "storageos-daemonset-",
      namespace: "kube-system",
      uid: `${index.toString(16).padStart(8, "0")}-1f6c-4a53-9c0e-3f1b2d4e5a6c`,
      resourceVersion: String(1_000_000 + index),
      creationTimestamp: created,
      labels: { app: "storageos", kind: "daemonset", "controller-revision-hash": "6bd9c8d77b" },
      ownerReferences: [OWNER],
      managedFields: managedFields(created),
    },
    spec: specOf(node, image),
    status: {
      phase: isDone ? "Running" : "Pending",
      conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map((type) => ({
        type,
        status: isDone || type === "PodScheduled" ? "True" : "False",
        lastProbeTime: null,
        lastTransitionTime: created,
      })),
      hostIP: `10.0.${index >> 8}.${index & 255}`,
      startTime: created,
      initContainerStatuses: [
        {
          name: "storageos-init",
          state: options.state ?? { waiting: { reason: "PodInitializing" } },
          lastState: options.lastState ?? {},
          ready: isDone,
          restartCount: restarts,
          image: "registry.example.com/storageos/init:v3.0.0",
          imageID: `registry.example.com/storageos/init@sha256:${"ab".repeat(32)}`,
          containerID: `containerd://${"5".repeat(64)}`,
        },
      ],
      containerStatuses: [
        { name: "storageos", state: {}, ready: isDone, restartCount: 0, image, imageID: "" },
      ],
      qosClass: "BestEffort",
    },
  };
}

function specOf(node: string, image: string): Record<string, unknown> {
  const names = [
    "boot-dir",
    "lib-modules",
    "sys",
    "device-dir",
    "kubelet-dir",
    "state",
    "registrar",
  ];
  const mounts = names.map((name) => ({
    name,
    mountPath: `/var/lib/${name}`,
    mountPropagation: "Bidirectional",
  }));
  const env = Array.from({ length: 24 }, (_, number) => ({
    name: `STORAGEOS_SETTING_${number}`,
    valueFrom: { configMapKeyRef: { name: "storageos-node-config", key: `SETTING_${number}` } },
  }));
  const container = { env, volumeMounts: mounts, securityContext: { privileged: true } };
  const probe = { httpGet: { path: "/v1/health", port: "api", scheme: "HTTP" }, periodSeconds: 10 };
  return {
    nodeName: node,
    hostNetwork: true,
    hostPID: true,
    serviceAccountName: "storageos-daemonset-sa",
    volumes: names.map((name) => ({ name, hostPath: { path: `/var/lib/${name}`, type: "" } })),
    initContainers: [
      { name: "storageos-init", image: "registry.example.com/storageos/init:v3.0.0", ...container },
    ],
    containers: [
      { name: "storageos", image, ...container, livenessProbe: probe, readinessProbe: probe },
      {
        name: "csi-driver-registrar",
        image: "registry.example.com/csi-node-driver-registrar:v2.1.0",
      },
      { name: "csi-liveness-probe", image: "registry.example.com/livenessprobe:v2.2.0" },
    ],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] },
          ],
        },
      },
    },
    tolerations: ["disk-pressure", "memory-pressure", "not-ready", "unreachable"].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: "Exists",
      effect: "NoExecute",
    })),
  };
}

function managedFields(time: string): readonly Record<string, unknown>[] {
  return [
    {
      manager: "kube-controller-manager",
      operation: "Update",
      apiVersion: "v1",
      time,
      fieldsType: "FieldsV1",
      fieldsV1: { "f:metadata": fields("metadata", 12), "f:spec": fields("mount", 44) },
    },
    {
      manager: "kubelet",
      operation: "Update",
      apiVersion: "v1",
      time,
      fieldsType: "FieldsV1",
      fieldsV1: { "f:status": fields("condition", 24) },
    },
  ];
}

function fields(prefix: string, amount: number): Record<string, unknown> {
  return Object.fromEntries(
    Array.from({ length: amount }, (_, number) => [
      `f:${prefix}-${number}`,
      { ".": {}, "f:name": {}, "f:mountPath": {} },
    ]),
  );
}
