import type { Entries } from "../failure.ts";

/** Why `init logs` cannot show a log. */
export const FLEET_LOGS = {
  LogTargetInvalid: {
    title: "No node or pod can have this name",
    meaning: "The word is not a name that Kubernetes allows.",
    remedy: "Give NODE, node/NODE, POD or pod/POD.",
    reportedBy: "init logs",
    cause: ({ target }: { target: string }) =>
      target === ""
        ? "cannot show logs of nothing: no node or pod is named"
        : `cannot show logs of "${target}": no node or pod has such a name`,
    fix: () => "Give NODE, pod/POD, or --all-failed",
    example: { target: "a b" },
  },
  LogTargetMissing: {
    title: "The node or pod is not found",
    meaning: "No such pod is there, or the node has no pod of the DaemonSet.",
    remedy: "Check the name; give `-n` and `-l`.",
    reportedBy: "init logs",
    cause: ({ target, where }: { target: string; where: string }) =>
      `cannot find ${target}: no node with such a pod and no pod of that name ${where}`,
    fix: () => "Check the name, and give the namespace with -n and the labels with -l",
    example: { target: "node-1", where: "in any namespace" },
  },
  LogNotStarted: {
    title: "The init container has not run yet",
    meaning: "There is no log, since the container has not started.",
    remedy: "The message names what it waits for.",
    reportedBy: "init logs",
    cause: ({ target, why }: { target: string; why: string }) =>
      `cannot show logs of ${target}: it has not run: ${why}`,
    fix: ({ advice }: { advice: string }) => advice,
    example: {
      target: "node-1",
      why: "the node is full: 1 Too many pods",
      advice: "Free resources of the node",
    },
  },
  LogUnavailable: {
    title: "Kubelet cannot give the log",
    meaning:
      "The log file is gone from the node (removed, rotated, or lost with a reboot), or kubelet cannot be reached.",
    remedy: "Read the record on the node, or the events of the pod.",
    reportedBy: "init logs",
    cause: ({ run, why }: { run: string; why: string }) => `cannot show ${run}: ${why}`,
    fix: ({ namespace, pod }: { namespace: string; pod: string }) =>
      `Read the pod's events (kubectl -n ${namespace} describe pod ${pod}), or the record on the node (docs/record.md)`,
    example: {
      run: "the last run",
      why: "unable to retrieve container logs for containerd://55",
      namespace: "kube-system",
      pod: "storageos-daemonset-x7k2p",
    },
  },
} as const satisfies Entries;
