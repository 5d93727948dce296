import type { Entries } from "../failure.ts";

type Pod = { readonly namespace: string; readonly pod: string };

/** Why a node is not prepared, where no script says it: what Kubernetes shows of its pod. */
export const FLEET_NODES = {
  PodBeingDeleted: {
    title: "The pod of a node is being deleted",
    meaning: "What the pod has done counts no more: the next pod prepares the node again.",
    remedy: "Wait for the next pod. If the old one does not end, look at its events.",
    reportedBy: "init status",
    cause: () => "its pod is being deleted",
    fix: (p: Pod) => `Wait for the next pod; if this one does not end: ${describePod(p)}`,
    example: { namespace: "kube-system", pod: "storageos-daemonset-x7k2p" },
  },
  PodEnded: {
    title: "The pod of a node ended as a whole",
    meaning: "It was evicted, or it failed and is not started again.",
    remedy: "Delete the pod, so that its DaemonSet makes another one.",
    reportedBy: "init status",
    cause: ({ why }: Pod & { why: string }) => `the pod ended${why === "" ? "" : `: ${why}`}`,
    fix: ({ namespace, pod }: Pod) => `Delete the pod: kubectl -n ${namespace} delete pod ${pod}`,
    example: { why: "Evicted: The node was low on memory", namespace: "kube-system", pod: "a" },
  },
  NodeLost: {
    title: "The node does not report",
    meaning:
      "Kubernetes does not know what became of the pod: kubelet on its node does not answer.",
    remedy: "Check the node and its kubelet.",
    reportedBy: "init status",
    cause: ({ why }: { why: string; node: string }) => `the node does not report: ${why}`,
    fix: ({ node }: { node: string }) => `Check the node's kubelet: kubectl describe node ${node}`,
    example: { why: "NodeLost", node: "node-1" },
  },
  PodUnschedulable: {
    title: "The pod cannot be scheduled",
    meaning: "The scheduler found no place for the pod on its node.",
    remedy: "Check taints, node selectors and resource requests.",
    reportedBy: "init status",
    cause: ({ why }: Pod & { why: string }) =>
      `the pod cannot be scheduled${why === "" ? "" : `: ${why}`}`,
    fix: (p: Pod) => `Check taints, node selectors and resource requests: ${describePod(p)}`,
    example: { why: "0/9 nodes are available", namespace: "kube-system", pod: "a" },
  },
  NodeFull: {
    title: "The node is full",
    meaning: "The node has not enough CPU, memory or places for one more pod.",
    remedy: "Free resources of the node, or give the pods of the DaemonSet a higher priority.",
    reportedBy: "init status",
    cause: ({ why }: Pod & { why: string }) => `the node is full: ${why}`,
    fix: (p: Pod) =>
      `Free resources of the node, or give the DaemonSet a higher priority: ${describePod(p)}`,
    example: {
      why: "0/9 nodes are available: 1 Too many pods",
      namespace: "kube-system",
      pod: "a",
    },
  },
  ContainerWaiting: {
    title: "An init container has not started",
    meaning:
      "Kubelet has not started the container: a volume is not mounted, an image is not pulled, or an earlier container has not ended.",
    remedy: "Read the events of the pod.",
    reportedBy: "init status",
    cause: ({ container, why }: Pod & { container: string; why: string }) =>
      `init container ${container} has not started: ${why}`,
    fix: (p: Pod) => `Read the pod's events: ${describePod(p)}`,
    example: {
      container: "storageos-init",
      why: "ContainerCreating",
      namespace: "kube-system",
      pod: "storageos-daemonset-x7k2p",
    },
  },
  OtherInitContainerFailed: {
    title: "Another init container of the pod fails",
    meaning:
      "Init containers run one after the other. One that is not storageos-init fails, and the pod does not start before it succeeds.",
    remedy: "Fix what that container reports.",
    reportedBy: "init status",
    cause: (p: Pod & { container: string; place: string; ending: string; why: string }) =>
      `init container ${p.container}, ${p.place}: ${p.ending}${p.why === "" ? "" : `: ${p.why}`}`,
    fix: (p: Pod) => `Fix what this container reports: ${describePod(p)}`,
    example: {
      container: "wait-for-network",
      place: "before storageos-init",
      ending: "exit status 1 (Error)",
      why: "no route to host",
      namespace: "kube-system",
      pod: "storageos-daemonset-x7k2p",
    },
  },
  OtherInitContainerRunning: {
    title: "Another init container of the pod runs",
    meaning: "Init containers run one after the other, and the pod waits for this one.",
    remedy: "Wait. If it takes too long, read its log.",
    reportedBy: "init status",
    cause: ({ container, place }: Pod & { container: string; place: string }) =>
      `init container ${container}, ${place}, runs`,
    fix: ({ container, namespace, pod }: Pod & { container: string }) =>
      `Wait for it, or read its log: kubectl -n ${namespace} logs ${pod} -c ${container}`,
    example: {
      container: "wait-for-network",
      place: "before storageos-init",
      namespace: "kube-system",
      pod: "storageos-daemonset-x7k2p",
    },
  },
  StillRunning: {
    title: "init runs on the node",
    meaning: "It runs for the first time since the pod was made, or since its last success.",
    remedy: "Wait. `init logs NODE` shows what it prints.",
    reportedBy: "init status",
    cause: ({ container }: { container: string; node: string }) => `${container} runs`,
    fix: ({ node }: { node: string }) => `Wait for it; init logs ${node} shows what it prints`,
    example: { container: "storageos-init", node: "node-1" },
  },
  RestartedByRuntime: {
    title: "The container runtime ended init, and it starts again",
    meaning:
      "The runtime or the node was restarted while init ran (exit status 255 or 137 with the reason Unknown). No script failed.",
    remedy: "Wait for the new run.",
    reportedBy: "init status",
    cause: ({ ending }: { ending: string; node: string }) =>
      `restarted by the container runtime: ${ending}`,
    fix: ({ node }: { node: string }) =>
      `Wait for the new run; if this comes again, check the node: kubectl describe node ${node}`,
    example: { ending: "exit status 255 (Unknown)", node: "node-1" },
  },
  NoStatus: {
    title: "Kubelet has not reported the pod's containers",
    meaning: "The pod is on its node, and nothing is known of its init containers yet.",
    remedy: "Wait. If it stays so, check the kubelet of the node.",
    reportedBy: "init status",
    cause: ({ container }: Pod & { container: string }) =>
      `kubelet has not reported the state of init container ${container}`,
    fix: (p: Pod) => `Wait; if it stays so, check the node's kubelet: ${describePod(p)}`,
    example: { container: "storageos-init", namespace: "kube-system", pod: "a" },
  },
  PodWithoutInit: {
    title: "The pod of a node has no init container",
    meaning:
      "Other pods of the DaemonSet have it: this one was made from an older template, and nothing prepared its node.",
    remedy: "Delete the pod, so that its DaemonSet makes one of the present template.",
    reportedBy: "init status",
    cause: ({ container }: Pod & { container: string }) =>
      `its pod has no init container ${container}`,
    fix: ({ namespace, pod }: Pod) =>
      `Delete the pod, so that the DaemonSet makes one of its present template: kubectl -n ${namespace} delete pod ${pod}`,
    example: { container: "storageos-init", namespace: "kube-system", pod: "a" },
  },
  NotInitialized: {
    title: "The pod is not initialized",
    meaning: "init passed, but kubelet does not report the pod as Initialized.",
    remedy: "Read the events of the pod.",
    reportedBy: "init status",
    cause: ({ why }: Pod & { why: string }) =>
      `init passed, but the pod is not initialized${why === "" ? "" : `: ${why}`}`,
    fix: (p: Pod) => `Read the pod's events: ${describePod(p)}`,
    example: { why: "ContainersNotInitialized", namespace: "kube-system", pod: "a" },
  },
  OutOfMemory: {
    title: "The init container ran out of memory",
    meaning: "The kernel killed it, or a script in it, at the container's memory limit.",
    remedy: "Raise the init container's memory limit.",
    reportedBy: "init status",
    cause: () => "out of memory (OOMKilled)",
    fix: () => "Raise the init container's memory limit",
    example: {},
  },
  ContainerEnded: {
    title: "The init container ended without a message of init",
    meaning:
      "It failed before init could report a cause, it is a release before 3.0, or kubelet could not start it.",
    remedy: "Read the log of the container, and the events of the pod.",
    reportedBy: "init status",
    cause: ({ ending, why }: Pod & { ending: string; why: string; node: string }) =>
      why === "" ? `${ending}, no reason given` : `${ending}: ${why}`,
    fix: ({ node, ...p }: Pod & { node: string }) =>
      `Read what it printed: init logs ${node}; and the pod's events: ${describePod(p)}`,
    example: {
      ending: "exit status 128 (StartError)",
      why: "failed to create containerd task",
      node: "node-1",
      namespace: "kube-system",
      pod: "storageos-daemonset-x7k2p",
    },
  },
  ReportsDisagree: {
    title: "Kubelet and init report different things",
    meaning:
      "The exit status is that of a success, but kubelet's reason or init's termination message is not. So it is not known that the node is prepared.",
    remedy: "Delete the pod, so that the node is prepared again.",
    reportedBy: "init status",
    cause: ({ ending, other }: Pod & { ending: string; other: string }) =>
      `${ending}, but ${other}`,
    fix: ({ namespace, pod }: Pod) =>
      `Delete the pod, so that the node is prepared again: kubectl -n ${namespace} delete pod ${pod}`,
    example: {
      ending: "exit status 0",
      other: 'init\'s message reports "running"',
      namespace: "kube-system",
      pod: "a",
    },
  },
  NoExitStatus: {
    title: "Kubelet gives no valid exit status",
    meaning: "The init container has ended, and how is not known.",
    remedy: "Delete the pod, so that the node is prepared again.",
    reportedBy: "init status",
    cause: ({ why }: Pod & { why: string }) =>
      `kubelet gives no valid exit status${why === "" ? "" : ` (${why})`}`,
    fix: ({ namespace, pod }: Pod) =>
      `Delete the pod, so that the node is prepared again: kubectl -n ${namespace} delete pod ${pod}`,
    example: { why: "ContainerStatusUnknown", namespace: "kube-system", pod: "a" },
  },
  NewerMessage: {
    title: "The termination message was written by a newer version",
    meaning: "init on the node is newer than this program, which cannot read its message.",
    remedy: "Update this program.",
    reportedBy: "init status",
    cause: () => "its message was written by a newer version of init",
    fix: () => "Update this program",
    example: {},
  },
  EndedAfterSuccess: {
    title: "init reports success, and its exit status does not",
    meaning: "Something failed after the last script, such as the end of the container.",
    remedy: "Read the log of the container.",
    reportedBy: "init status",
    cause: ({ ending }: { ending: string; node: string }) => `${ending} after all scripts passed`,
    fix: ({ node }: { node: string }) => `Read what it printed: init logs ${node}`,
    example: { ending: "exit status 1", node: "node-1" },
  },
} as const satisfies Entries;

function describePod({ namespace, pod }: Pod): string {
  return `kubectl -n ${namespace} describe pod ${pod}`;
}
