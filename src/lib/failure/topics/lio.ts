import type { Entries } from "../failure.ts";

const SCRIPT = "01-lio/enable-lio.ts";

function advice(p: { advice: string }): string {
  return p.advice;
}

/** configfs and Linux-IO, when the kernel modules are loaded. */
export const LIO = {
  ConfigfsNotMounted: {
    title: "configfs cannot be mounted",
    meaning: "Linux-IO is configured through configfs at /sys/kernel/config.",
    remedy:
      'Run "mount -t configfs configfs /sys/kernel/config" on the node, and see what it prints.',
    reportedBy: SCRIPT,
    cause: (p: { why: string }) => p.why,
    fix: advice,
    example: {
      why: "cannot mount configfs: a tmpfs is mounted at /sys/kernel/config",
      advice: 'Run "umount /sys/kernel/config" on the node',
    },
  },
  ConfigfsHiddenFromNode: {
    title: "configfs is mounted in the container only",
    meaning:
      "The mount in the init container does not reach the node, so the main container lacks it.",
    remedy: "Set mountPropagation: Bidirectional on the init container's /sys.",
    reportedBy: SCRIPT,
    cause: (p: { path: string }) =>
      `cannot mount configfs on the node: it is at ${p.path} in this container only`,
    fix: () => "Set mountPropagation: Bidirectional on the init container's /sys",
    example: { path: "/sys/kernel/config" },
  },
  NextKernelLacksModules: {
    title: "The kernel that boots next lacks modules",
    meaning:
      "A newer kernel than the running one is installed, and boot loaders take the newest. Its modules for Linux-IO are missing, so the node would not be prepared after its next reboot.",
    remedy: "Install the modules of the new kernel now, before the node reboots.",
    reportedBy: SCRIPT,
    cause: (p: { modules: string; release: string; running: string }) =>
      `kernel ${p.release} is installed and boots next, and has no module ${p.modules} (kernel ${p.running} runs)`,
    fix: advice,
    example: {
      modules: "tcm_loop, target_core_mod",
      release: "6.8.0-1030-aws",
      running: "6.8.0-1020-aws",
      advice: 'Run "apt-get install linux-modules-extra-6.8.0-1030-aws" on the node',
    },
  },
  LioStillInUse: {
    title: "Linux-IO stays loaded, because it is in use",
    meaning:
      "An undo unloads only what nothing uses. A volume is still attached, or another program uses Linux-IO or configfs.",
    remedy:
      "Detach the volumes and undo again, or reboot the node: at the next boot nothing loads it.",
    reportedBy: SCRIPT,
    cause: (p: { what: string }) => `cannot take Linux-IO out of the kernel: ${p.what}`,
    fix: () =>
      "Nothing loads it at the next boot. To do without a reboot, end what uses it and unload it with rmmod",
    example: { what: "kernel modules target_core_mod, tcm_loop in use" },
  },
  BootFileNotRemoved: {
    title: "The file that loads Linux-IO at boot cannot be removed",
    meaning: "The node's /etc/modules-load.d cannot be written.",
    remedy: "Remove the file on the node.",
    reportedBy: SCRIPT,
    cause: (p: { file: string; why: string }) => `cannot remove ${p.file}: ${p.why}`,
    fix: (p: { file: string }) => `Remove ${p.file} on the node`,
    example: {
      file: "/etc/modules-load.d/storageos-lio.conf",
      why: "EROFS: read-only file system, unlink '/etc/modules-load.d/storageos-lio.conf'",
    },
  },
  LioNotWorking: {
    title: "Linux-IO does not work although its modules are loaded",
    meaning: "The kernel does not offer the target core or the loopback fabric in configfs.",
    remedy: "Look at the node's kernel log (dmesg) for the module that the failure names.",
    reportedBy: SCRIPT,
    cause: (p: { why: string }) => `cannot use LIO: ${p.why}`,
    fix: (p: { module: string }) => `See the node's kernel log (dmesg) for ${p.module}`,
    example: {
      why: "/sys/kernel/config/target/core is missing although target_core_mod is loaded",
      module: "target_core_mod",
    },
  },
  TcmuSettingInvalid: {
    title: "DISABLE_TCMU or FORCE_TCMU has an unusable value",
    meaning: "Both are booleans, and only one of them can be true.",
    remedy: "Set one of them to true or false in the ConfigMap, and leave the other one out.",
    reportedBy: SCRIPT,
    cause: (p: { why: string }) => p.why,
    fix: advice,
    example: {
      why: "cannot read FORCE_TCMU=yes: it is neither true nor false",
      advice: "Set it to true or false",
    },
  },
  TcmuSettingIgnored: {
    title: "DISABLE_TCMU has no effect",
    meaning: "Nodes from 2.7 on need TCMU.",
    remedy: "Remove DISABLE_TCMU from the ConfigMap.",
    reportedBy: SCRIPT,
    cause: (p: { version: string }) => `DISABLE_TCMU has no effect: node ${p.version} needs TCMU`,
    fix: () => "Unset DISABLE_TCMU",
    example: { version: "2.8.1" },
  },
} as const satisfies Entries;
