import type { Entries } from "../failure.ts";

const CHECKS = "05-requirements";

/** What 05-requirements looks at: mounts, ports, storage. */
export const RESOURCES = {
  MountNotShared: {
    title: "Mount propagation is off",
    meaning:
      "What is mounted below the directory does not appear on the node, and so not in other pods.",
    remedy:
      "Run mount --make-rshared on the node, and set mountPropagation: Bidirectional on the volume mount of the pod.",
    reportedBy: `${CHECKS}/mount-propagation.ts`,
    cause: (p: { directory: string; mount: string; where: Where }) => MOUNTS[p.where].cause(p),
    fix: (p: { directory: string; mount: string; where: Where }) => MOUNTS[p.where].fix(p),
    example: { directory: "/var/lib/storageos", mount: "/", where: "node" },
  },
  PortInUse: {
    title: "A port that the node listens on is in use",
    meaning: "Another program has the port, so the main container cannot start to listen.",
    remedy: "Stop the program that the failure names, or give it another port.",
    reportedBy: `${CHECKS}/ports.ts`,
    cause: ({ ports }: { ports: string }) => `cannot listen on ${ports}`,
    fix: ({ advice }: { advice: string }) => advice,
    example: {
      ports: "TCP port 5705 (in use by etcd, pid 812)",
      advice: "Stop that program on the node, or give it another port.",
    },
  },
  VolumePortsInUse: {
    title: "Some ports for shared volumes are in use",
    meaning: "Each of these ports serves one shared volume. The node can serve fewer of them.",
    remedy: "Stop the program that the failure names, or give it another port.",
    reportedBy: `${CHECKS}/ports.ts`,
    cause: (p: { amount: string; all: string; ports: string }) =>
      `cannot listen on ${p.amount} of ${p.all} for shared volumes: ${p.ports}`,
    fix: ({ advice }: { advice: string }) => advice,
    example: {
      amount: "1",
      all: "256 ports",
      ports: "TCP port 25705 (in use by python3, pid 900)",
      advice: "Stop that program on the node, or give it another port.",
    },
  },
  FileSystemReadOnly: {
    title: "The file system for data is read-only",
    meaning: "The kernel mounts a file system read-only when its disk reports errors.",
    remedy: "Look at the node's kernel log (dmesg), repair the disk, and mount it read-write.",
    reportedBy: `${CHECKS}/storage.ts`,
    cause: (p: { directory: string; type: string }) =>
      `cannot write to ${p.directory}: its file system (${p.type}) is mounted read-only`,
    fix: () =>
      "See the node's kernel log (dmesg) for errors of the disk; repair it and mount it read-write.",
    example: { directory: "/var/lib/storageos/data", type: "ext4" },
  },
  FileSystemUnsupported: {
    title: "The file system for data is not a supported one",
    meaning: "Volumes are tested on the supported file systems only.",
    remedy: "Mount a disk with a supported file system at the data directory.",
    reportedBy: `${CHECKS}/storage.ts`,
    cause: (p: { directory: string; type: string; supported: string }) =>
      `${p.directory} is on ${p.type}, and supported are ${p.supported}`,
    fix: (p: { supported: string }) =>
      `Mount a disk formatted with ${p.supported.replaceAll(" and ", " or ")} there.`,
    example: { directory: "/var/lib/storageos/data", type: "btrfs", supported: "ext4 and xfs" },
  },
  DiskTooSmall: {
    title: "The disk for data is too small",
    meaning: "The whole file system is smaller than the requirement.",
    remedy: "Mount a larger disk at the data directory.",
    reportedBy: `${CHECKS}/storage.ts`,
    cause: (p: { directory: string; size: string; wanted: string }) =>
      `${p.directory} has ${p.size} in all; ${p.wanted} are required`,
    fix: () => "Mount a larger disk there.",
    example: { directory: "/var/lib/storageos/data", size: "1 GiB", wanted: "2 GiB" },
  },
  DiskTooFull: {
    title: "The disk for data is too full",
    meaning: "Less space is free than the requirement.",
    remedy: "Free space at the data directory, or mount a larger disk.",
    reportedBy: `${CHECKS}/storage.ts`,
    cause: (p: { directory: string; free: string; size: string; wanted: string }) =>
      `${p.directory} has ${p.free} of ${p.size} free; ${p.wanted} are required`,
    fix: () => "Free space there, or mount a larger disk.",
    example: {
      directory: "/var/lib/storageos/data",
      free: "0.5 GiB",
      size: "10 GiB",
      wanted: "2 GiB",
    },
  },
} as const satisfies Entries;

type Where = keyof typeof MOUNTS;
type Mounted = { readonly directory: string; readonly mount: string };

/** Where the mount is that passes nothing on. */
const MOUNTS = {
  node: {
    cause: ({ directory, mount }: Mounted) =>
      `mount propagation is off for ${directory}: the mount at ${mount} is not shared on the node`,
    fix: ({ mount }: Mounted) =>
      `Run mount --make-rshared ${mount} on the node, and at each boot (systemd does it by itself).`,
  },
  runtime: {
    cause: ({ directory, mount }: Mounted) =>
      `mount propagation from ${directory} does not reach the node: the mount at ${mount} is shared in another mount namespace only`,
    fix: () =>
      "Remove MountFlags=slave or private (or set MountFlags=shared) from the systemd unit of the container runtime, then systemctl daemon-reload and restart it.",
  },
  volume: {
    cause: ({ directory }: Mounted) =>
      `mount propagation is off for ${directory}: its mount in this container is not shared`,
    fix: ({ directory }: Mounted) =>
      `Set mountPropagation: Bidirectional on the volume mount ${directory} of the pod.`,
  },
  container: {
    cause: ({ directory, mount }: Mounted) =>
      `mount propagation is off for ${directory}: the mount at ${mount} is not shared`,
    fix: ({ directory, mount }: Mounted) =>
      `Run mount --make-rshared ${mount} on the node; a pod needs ${directory} as a volume mount with mountPropagation: Bidirectional.`,
  },
} as const;
