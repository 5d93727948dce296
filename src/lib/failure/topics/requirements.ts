import type { Entries } from "../failure.ts";

const CHECKS = "05-requirements";

/** What 05-requirements looks at on the node itself. */
export const REQUIREMENTS = {
  CheckSettingInvalid: {
    title: "A check's environment variable has an unusable value",
    meaning: "The check cannot compare the node with a requirement that it cannot read.",
    remedy: "Correct the variable in the ConfigMap or the DaemonSet, or remove it.",
    reportedBy: CHECKS,
    cause: (p: { name: string; value: string; kind: string }) =>
      `cannot use ${p.name}=${JSON.stringify(p.value)}: it must be ${p.kind}`,
    fix: (p: { name: string; example: string }) =>
      `Set it in the init container's environment as in ${p.name}=${p.example}, or leave it out.`,
    example: { name: "STORAGEOS_MIN_CPUS", value: "two", kind: "a whole number", example: "2" },
  },
  AioMissing: {
    title: "The kernel has no asynchronous I/O",
    meaning: "Volumes need asynchronous I/O, and the kernel is built without it.",
    remedy: "Run a kernel with CONFIG_AIO=y on the node.",
    reportedBy: `${CHECKS}/aio.ts`,
    cause: ({ path }: { path: string }) =>
      `cannot use asynchronous I/O: ${path} is missing, so this kernel is built without it`,
    fix: () => "Run a kernel with CONFIG_AIO=y on the node.",
    example: { path: "/proc/sys/fs/aio-max-nr" },
  },
  AioExhausted: {
    title: "No asynchronous I/O is left",
    meaning: "Other programs hold all requests that the kernel grants.",
    remedy: "Raise the sysctl fs.aio-max-nr on the node.",
    reportedBy: `${CHECKS}/aio.ts`,
    cause: (p: { taken: string; max: string }) =>
      `no asynchronous I/O is left: fs.aio-nr is ${p.taken} and fs.aio-max-nr ${p.max}`,
    fix: (p: { wanted: string }) => sysctl("fs.aio-max-nr", p.wanted),
    example: { taken: "65536", max: "65536", wanted: "1048576" },
  },
  AioTooLow: {
    title: "The limit of asynchronous I/O is low",
    meaning: "Nodes with many volumes can run out of asynchronous I/O.",
    remedy: "Raise the sysctl fs.aio-max-nr on the node.",
    reportedBy: `${CHECKS}/aio.ts`,
    cause: (p: { max: string; wanted: string }) =>
      `fs.aio-max-nr is ${p.max}, below the recommended ${p.wanted}: volumes can run out of asynchronous I/O`,
    fix: (p: { wanted: string }) => sysctl("fs.aio-max-nr", p.wanted),
    example: { max: "65536", wanted: "1048576" },
  },
  ClockUnknown: {
    title: "Whether the clock is synchronised is unknown",
    meaning: "The container may not ask the kernel about the clock.",
    remedy: "Allow the container the system call adjtimex.",
    reportedBy: `${CHECKS}/clock.ts`,
    cause: ({ error }: { error: string }) =>
      `cannot read whether the clock is synchronised: ${error}`,
    fix: () => "Allow the container the system call adjtimex (reading needs no capability).",
    example: { error: "adjtimex: EPERM" },
  },
  ClockNotSynchronised: {
    title: "The node's clock is not synchronised",
    meaning: "Nodes compare times. A clock that is off can lead to wrong decisions about replicas.",
    remedy: "Start a time service on the node, and check that it reaches its servers.",
    reportedBy: `${CHECKS}/clock.ts`,
    cause: () => "this node's clock is not synchronised (adjtimex: STA_UNSYNC)",
    fix: () =>
      "Start a time service on the node and check that it reaches its servers: timedatectl timesync-status, or chronyc tracking (chrony needs rtcsync in chrony.conf to inform the kernel).",
    example: {},
  },
  NodeIdentityUnreadable: {
    title: "The file of the node's identity cannot be read",
    meaning: "An earlier installation left a file that is not valid.",
    remedy: "Restore it from a backup, or remove it if none of the node's data is needed.",
    reportedBy: `${CHECKS}/config-file.ts`,
    cause: (p: { path: string; why: string }) =>
      `cannot use ${p.path}, the node's identity: ${p.why}`,
    fix: () =>
      "Restore it from a backup. If none of this node's data is needed, remove it: the node then starts as a new one and its data is lost.",
    example: { path: "/var/lib/storageos/config.json", why: "it is empty" },
  },
  HostnameDiffers: {
    title: "The node's hostname differs from its name in Kubernetes",
    meaning: "Nodes look each other up by the name that Kubernetes has.",
    remedy: "Give the node the hostname that Kubernetes has, or join it again under its hostname.",
    reportedBy: `${CHECKS}/hostname.ts`,
    cause: (p: { hostname: string; node: string }) =>
      `this node's hostname is ${p.hostname}, and its name in Kubernetes is ${p.node}: nodes may not find each other`,
    fix: (p: { hostname: string; node: string }) =>
      `Run hostnamectl set-hostname ${p.node} on the node and reboot it, or join it again under the name ${p.hostname}.`,
    example: { hostname: "ip-10-0-0-1", node: "node-1" },
  },
  Ipv6Missing: {
    title: "The kernel has no IPv6",
    meaning: "The node listens on dual-stack sockets. It needs no IPv6 address or route.",
    remedy: "Remove ipv6.disable=1 from the kernel's command line and reboot the node.",
    reportedBy: `${CHECKS}/ipv6.ts`,
    cause: ({ error }: { error: string }) => `cannot open a dual-stack socket (AF_INET6): ${error}`,
    fix: ({ error }: { error: string }) =>
      error === "EAFNOSUPPORT"
        ? "Enable IPv6 in the node's kernel: remove ipv6.disable=1 from its command line (or the blacklisting of the module ipv6) and reboot. No IPv6 address or route is needed."
        : "Check why the node refuses it: its security policy (seccomp, SELinux), and sysctl net.ipv6.",
    example: { error: "EAFNOSUPPORT" },
  },
  KernelTooOld: {
    title: "The kernel is old",
    meaning: "Older kernels can have only a limited number of volumes mounted.",
    remedy: "Upgrade the node's kernel, or keep to the number of volumes that the failure names.",
    reportedBy: `${CHECKS}/kernel.ts`,
    cause: (p: { kernel: string; wanted: string; volumes: string }) =>
      `kernel ${p.kernel} is older than ${p.wanted}: no more than ${p.volumes} volumes can be mounted on this node`,
    fix: (p: { volumes: string }) =>
      `Upgrade the node's kernel, or keep to ${p.volumes} volumes here.`,
    example: { kernel: "3.10.0-1160.el7.x86_64", wanted: "4.0", volumes: "256" },
  },
  ArchitectureUnsupported: {
    title: "The node's CPU architecture is not supported",
    meaning: "The programs are built for other architectures.",
    remedy: "Keep the pod off this node with a nodeSelector or an affinity for kubernetes.io/arch.",
    reportedBy: `${CHECKS}/machine.ts`,
    cause: (p: { architecture: string; wanted: string }) =>
      `this node's architecture is ${p.architecture}; ${p.wanted} is required`,
    fix: () =>
      "Keep the pod off this node with a nodeSelector or an affinity for kubernetes.io/arch.",
    example: { architecture: "aarch64", wanted: "x86_64" },
  },
  CpusTooFew: {
    title: "The node has too few CPUs",
    meaning: "The node works, but slowly.",
    remedy: "Resize the node, or keep the pod off it.",
    reportedBy: `${CHECKS}/machine.ts`,
    cause: (p: { cpus: string; wanted: string }) =>
      `this node has ${p.cpus}; ${p.wanted} CPUs are required`,
    fix: () => "Resize the node, or keep the pod off it.",
    example: { cpus: "1 CPU", wanted: "2" },
  },
  MemoryTooSmall: {
    title: "The node has too little memory",
    meaning: "The node works, but can run out of memory.",
    remedy: "Resize the node, or keep the pod off it.",
    reportedBy: `${CHECKS}/machine.ts`,
    cause: (p: { memory: string; wanted: string }) =>
      `this node has ${p.memory} of memory; ${p.wanted} are required`,
    fix: () => "Resize the node, or keep the pod off it.",
    example: { memory: "1.4 GiB", wanted: "4 GiB" },
  },
  SelinuxBooleansOff: {
    title: "SELinux booleans that containers need are off",
    meaning: "SELinux is enforcing, and containers may not reach their volumes.",
    remedy: "Set the booleans with setsebool -P on the node.",
    reportedBy: `${CHECKS}/selinux.ts`,
    cause: ({ booleans }: { booleans: string }) =>
      `SELinux is enforcing and these booleans are off: ${booleans}. Containers may not reach their volumes`,
    fix: ({ booleans }: { booleans: string }) =>
      `Set them on the node: setsebool -P ${booleans.replaceAll(",", "=on")}=on (-P keeps them after a reboot).`,
    example: { booleans: "virt_sandbox_use_fusefs, virt_use_fusefs" },
  },
  TcmuInUse: {
    title: "Another program uses TCMU",
    meaning: "Two users of TCMU on one node can destroy data.",
    remedy: "Stop the other program, set DISABLE_TCMU=true, or keep the pod off this node.",
    reportedBy: `${CHECKS}/tcmu.ts`,
    cause: (p: { devices: string; unseen?: string }) =>
      p.unseen === undefined
        ? `another program uses TCMU, which can destroy data: ${p.devices}`
        : `another program may use TCMU, which can destroy data: who serves ${p.devices} cannot be seen from here`,
    fix: () =>
      "Stop that program on this node, or set DISABLE_TCMU=true, or keep the pod off this node.",
    example: { devices: "user_0/disk1 (tcmu-runner, pid 812)" },
  },
} as const satisfies Entries;

function sysctl(name: string, value: string): string {
  return `Set it on the node: a line "${name} = ${value}" in a file of /etc/sysctl.d, then sysctl --system.`;
}
