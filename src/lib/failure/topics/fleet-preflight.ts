import type { Entries } from "../failure.ts";

const PREFLIGHT = "init preflight";

/** What keeps a preflight from its work, or from leaving nothing. */
export const FLEET_PREFLIGHT = {
  PreflightRefused: {
    title: "The cluster refuses the preflight",
    meaning:
      "A preflight creates a DaemonSet, and its namespace if that is missing, and reads nodes, pods and events.",
    remedy: "`init preflight --print-rbac=USER` shows the rights that it needs.",
    reportedBy: PREFLIGHT,
    cause: ({ command, why }: { command: string; why: string }) =>
      `cannot start the preflight: kubectl ${command}: ${why}`,
    fix: () => "init preflight --print-rbac=USER shows the rights that it needs",
    example: {
      command: "create -f",
      why: 'daemonsets.apps is forbidden: User "ann" cannot create resource "daemonsets"',
    },
  },
  PreflightLeft: {
    title: "An object of the preflight is left in the cluster",
    meaning: "The preflight could not remove what it had made.",
    remedy: "Remove it with the command that the message names.",
    reportedBy: PREFLIGHT,
    cause: ({ what, why }: { what: string; why: string }) => `cannot remove ${what}: ${why}`,
    fix: ({ command }: { command: string }) => `Run "${command}"`,
    example: {
      what: "--namespace=storageos-preflight daemonset/storageos-preflight-1a2b3c4d",
      why: "Unable to connect to the server",
      command:
        "kubectl delete --namespace=storageos-preflight daemonset/storageos-preflight-1a2b3c4d",
    },
  },
} as const satisfies Entries;
