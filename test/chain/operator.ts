/**
 * The operator's objects on the chain's node: its DaemonSet with the built image as init container,
 * and any program under the names of the other images. The node has etcd, as the objects ask for it
 * at 127.0.0.1:2379.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pod, PodList } from "kubernetes-types/core/v1";
import {
  createNamespace,
  eventually,
  IMAGE,
  initStatus,
  kubectl,
  type Namespace,
  namespaceNamed,
} from "../cluster/deployment.ts";
import { buildImage } from "../cluster/image.ts";
import { operatorObjects } from "../cluster/operator-objects.ts";
import { loadArchive, onNode } from "./node.ts";

export const storageos = namespaceNamed("storageos");

/** Versions of the node image that the chain goes through. */
export type NodeVersion = "1.3.0" | "1.4.2" | "2.4.2";

/** On an emulated node of a busy machine a preparation took four minutes. */
const PREPARED_MS = 540_000;

const ETCD = "localhost/chain-etcd:1";
const NODE_IMAGES = ["1.3.0", "1.4.2", "2.4.2"].map(
  (version) => `docker.io/storageos/node:v${version}`,
);
/** Whose images are no longer public. */
const CSI_IMAGES = [
  "quay.io/k8scsi/csi-node-driver-registrar:v2.1.0",
  "quay.io/k8scsi/livenessprobe:v2.2.0",
];
/** Shows what init prepared, and runs on; the arguments of the operator's container are ignored. */
const MAIN = "/bin/busybox ls /sys/kernel/config/target; exec /bin/busybox sleep 2147483647";

/** Directories of CSI that other components make, and a node without our traces. */
const FRESH = `mkdir -p /var/lib/kubelet/plugins_registry /var/lib/kubelet/plugins
rm -rf /var/lib/storageos/* /etc/modprobe.d/chain.conf /etc/modules-load.d/storageos-lio.conf
mkdir -p /var/lib/storageos`;

export type Operator = { readonly remove: () => Promise<void> };

/** Applies the objects to a fresh node; `prepare` runs before. */
export async function startOperator(
  version: NodeVersion,
  prepare: () => Promise<void>,
): Promise<Operator> {
  await loadImages();
  await onNode(FRESH);
  await prepare();
  const own = await createNamespace();
  await startEtcd(own);
  const objects = operatorObjects({ init: IMAGE, node: nodeImage(version) });
  await kubectl(["apply", "-f", "-"], objects);
  return {
    remove: async () => {
      await kubectl(["delete", "--ignore-not-found", "-f", "-"], objects);
      await own.remove();
    },
  };
}

/** Has the DaemonSet's next pod run another node image. */
export async function setNodeImage(version: NodeVersion): Promise<void> {
  const image = nodeImage(version);
  const patch = [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: image }];
  const daemonSet = ["daemonset", "storageos-daemonset"];
  await storageos.kubectl(["patch", ...daemonSet, "--type=json", "-p", JSON.stringify(patch)]);
}

/** Deletes the pod, as the update strategy OnDelete asks for; the DaemonSet makes the next one. */
export async function deletePod(): Promise<void> {
  await storageos.kubectl(["delete", "pods", "-l", "app=storageos,kind=daemonset"]);
}

/** Once every container of the pod runs. */
export async function runningPod(): Promise<Pod> {
  return eventually(
    "a pod whose containers all run",
    async () => {
      const pods: PodList = JSON.parse(await storageos.kubectl(["get", "pods", "-o", "json"]));
      return pods.items.find(allRun);
    },
    PREPARED_MS,
  );
}

function allRun({ metadata, status }: Pod): boolean {
  const containers = status?.containerStatuses ?? [];
  const run =
    containers.length > 0 && containers.every(({ state }) => state?.running !== undefined);
  return metadata?.deletionTimestamp === undefined && run;
}

/** How often the init container was started. */
export function startsOf(pod: Pod): number {
  return (initStatus(pod)?.restartCount ?? 0) + 1;
}

/** What the documented command shows. */
export async function documentedLog(...flags: readonly string[]): Promise<string> {
  const selector = ["-l", "app=storageos,kind=daemonset", "-c", "storageos-init"];
  return storageos.kubectl(["logs", ...selector, ...flags]);
}

export async function describePod(pod: Pod): Promise<string> {
  return storageos.kubectl(["describe", "pod", pod.metadata?.name ?? ""]);
}

function nodeImage(version: NodeVersion): string {
  return `storageos/node:v${version}`;
}

async function loadImages(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "chain-images-"));
  try {
    const shell = ["/bin/busybox", "sh", "-c", MAIN] as const;
    const images = [...NODE_IMAGES, ...CSI_IMAGES];
    await loadArchive(buildImage(directory, images, Bun.which("busybox") ?? "", shell));
    await loadArchive(buildImage(directory, ETCD, Bun.which("etcd") ?? ""));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Keeps its data in memory: after a boot it starts empty. */
async function startEtcd(namespace: Namespace): Promise<void> {
  await namespace.apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "etcd" },
    spec: {
      hostNetwork: true,
      tolerations: [{ operator: "Exists" }],
      containers: [
        {
          name: "etcd",
          image: ETCD,
          imagePullPolicy: "Never",
          args: ["--data-dir=/data", "--unsafe-no-fsync"],
          volumeMounts: [{ name: "data", mountPath: "/data" }],
        },
      ],
      volumes: [{ name: "data", emptyDir: { medium: "Memory" } }],
    },
  });
  await namespace.pod(({ status }) => status?.phase === "Running", "etcd");
}
