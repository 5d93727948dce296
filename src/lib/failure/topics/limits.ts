import type { Entries } from "../failure.ts";

const SCRIPT = "02-limits/limits.ts";

/** Limits of processes and threads. */
export const LIMITS = {
  ProcessLimitTooLow: {
    title: "The limit of processes and threads is too low",
    meaning:
      "Every limit of the cgroups above the container and of the kernel applies. The lowest one is below the requirement.",
    remedy:
      "Raise the limit that the failure names: podPidsLimit of kubelet, the container runtime's limit, TasksMax of a systemd unit, or kernel.pid_max.",
    reportedBy: SCRIPT,
    cause: (p: { limit: string; variable: string; wanted: string; file: string }) =>
      `the limit of processes and threads is ${p.limit}, below ${p.variable}=${p.wanted}, set by ${p.file}`,
    fix: ({ advice }: { advice: string }) => advice,
    example: {
      limit: "4096",
      variable: "RECOMMENDED_MAX_PIDS_LIMIT",
      wanted: "32768",
      file: "/sys/fs/cgroup/pids/kubepods/pod1/pids.max",
      advice:
        "Raise podPidsLimit in the kubelet's configuration to at least 32768, and restart the kubelet.",
    },
  },
  ProcessLimitUnknown: {
    title: "A limit of processes cannot be read",
    meaning: "A part of the cgroup hierarchy cannot be seen, so the requirement may not be met.",
    remedy: "Run the pod with hostPID: true, privileged, and the host's /sys mounted.",
    reportedBy: SCRIPT,
    cause: (p: { why: string; variables: string }) => `${p.why}, so ${p.variables} may not be met`,
    fix: () => "Run the pod with hostPID: true, privileged, and the host's /sys mounted.",
    example: {
      why: "the cgroup of this process cannot be seen",
      variables: "RECOMMENDED_MAX_PIDS_LIMIT=32768",
    },
  },
  ProcessLimitSettingInvalid: {
    title: "A required number of processes is not a number",
    meaning: "MINIMUM_MAX_PIDS_LIMIT and RECOMMENDED_MAX_PIDS_LIMIT are whole numbers.",
    remedy: "Correct the variable in the ConfigMap, or remove it.",
    reportedBy: SCRIPT,
    cause: ({ variables }: { variables: string }) =>
      `cannot use ${variables}: it must be a whole number of processes`,
    fix: () =>
      "Set it in the init container's environment to a number such as 32768, or leave it out.",
    example: { variables: 'MINIMUM_MAX_PIDS_LIMIT="many"' },
  },
} as const satisfies Entries;
