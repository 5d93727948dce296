import type { Entries } from "../failure.ts";

/** Why a node has no pod, or a DaemonSet no pods. */
export const FLEET_GAPS = {
  NodeWithoutPod: {
    title: "A node has no pod",
    meaning: "The node should have a pod, and its DaemonSet made none for it.",
    remedy: "`kubectl describe daemonset` shows why.",
    reportedBy: "init status",
    cause: ({ daemonSet }: { daemonSet: string; command: string }) =>
      daemonSet === "" ? "the node has no pod" : `no pod of DaemonSet ${daemonSet}`,
    fix: ({ command }: { command: string }) => `Look why: ${command}`,
    example: { daemonSet: "kube-system/a", command: "kubectl -n kube-system describe daemonset a" },
  },
  NodeNotSelected: {
    title: "The DaemonSet does not select the node",
    meaning: "The node lacks labels that the DaemonSet's node selector or affinity asks for.",
    remedy: "Label the node, correct the DaemonSet, or leave the node out with `--nodes LABELS`.",
    reportedBy: "init status",
    cause: (p: { daemonSet: string; selector: string; node: string }) =>
      `not selected by DaemonSet ${p.daemonSet}: ${p.selector}`,
    fix: ({ node }: { node: string }) =>
      `Label the node (kubectl label node ${node} …), or leave it out with --nodes LABELS`,
    example: { daemonSet: "kube-system/a", selector: "disk=ssd", node: "node-1" },
  },
  NodeTainted: {
    title: "The node has a taint that the DaemonSet does not tolerate",
    meaning: "Kubernetes makes no pod of the DaemonSet on such a node.",
    remedy: "Remove the taint, tolerate it, or leave the node out with `--nodes LABELS`.",
    reportedBy: "init status",
    cause: (p: { daemonSet: string; taint: string; node: string }) =>
      `tainted ${p.taint}, which DaemonSet ${p.daemonSet} does not tolerate`,
    fix: ({ node, taint }: { node: string; taint: string }) =>
      `Remove the taint (kubectl taint node ${node} ${taint}-), tolerate it, or leave the node out with --nodes LABELS`,
    example: { daemonSet: "kube-system/a", taint: "dedicated=db:NoSchedule", node: "node-1" },
  },
  NodeCordoned: {
    title: "The node is cordoned and has no pod",
    meaning: "The node is marked as unschedulable.",
    remedy: "Uncordon the node when it may take pods again.",
    reportedBy: "init status",
    cause: () => "the node is cordoned",
    fix: ({ node }: { node: string }) => `kubectl uncordon ${node}, when it may take pods again`,
    example: { node: "node-1" },
  },
  PodsRefused: {
    title: "Pods of a DaemonSet cannot be created",
    meaning:
      "The API server refuses them: a ServiceAccount is missing, pod security or a quota forbids them, or a webhook denies them. So there are no pods that could report anything.",
    remedy: "Fix what the message names. The DaemonSet controller tries again by itself.",
    reportedBy: "init status",
    cause: (p: {
      daemonSet: string;
      created: string;
      desired: string;
      why: string;
      command: string;
    }) =>
      `DaemonSet ${p.daemonSet}: ${p.created} of ${p.desired} pods created${p.why === "" ? "" : `: ${p.why}`}`,
    fix: ({ command }: { command: string }) =>
      `Fix what it names; the DaemonSet controller tries again by itself. More: ${command}`,
    example: {
      daemonSet: "kube-system/storageos-daemonset",
      created: "0",
      desired: "3",
      why: 'error looking up service account kube-system/sa: serviceaccount "sa" not found',
      command: "kubectl -n kube-system describe daemonset storageos-daemonset",
    },
  },
  DaemonSetNotObserved: {
    title: "The DaemonSet controller has not looked at a DaemonSet yet",
    meaning: "The DaemonSet is new or was changed, and how many pods it wants is not known yet.",
    remedy: "Wait. If it stays so, check kube-controller-manager.",
    reportedBy: "init status",
    cause: ({ daemonSet }: { daemonSet: string; command: string }) =>
      `DaemonSet ${daemonSet}: its controller has not looked at it yet`,
    fix: ({ command }: { command: string }) =>
      `Wait; if it stays so, check kube-controller-manager: ${command}`,
    example: { daemonSet: "kube-system/a", command: "kubectl -n kube-system describe daemonset a" },
  },
} as const satisfies Entries;
