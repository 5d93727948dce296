import type { Entries } from "../failure.ts";

const CHECK = "init check";

/** What scripts look at with `"$INIT" check`, beside what the bundled scripts have codes for. */
export const CHECKS = {
  ModuleNotPresent: {
    title: "A kernel module is not loaded",
    meaning: "The module is not in the kernel, neither loaded nor built in, and could be loaded.",
    remedy: "Load the module on the node, and have it loaded at each boot.",
    reportedBy: CHECK,
    cause: ({ modules }: { modules: string }) => `kernel module ${modules} is not loaded`,
    fix: ({ modules }: { modules: string }) =>
      `Run "modprobe ${modules}" on the node, and write ${modules} into /etc/modules-load.d/${modules}.conf for the next boot`,
    example: { modules: "nvme_tcp" },
  },
  MountMissing: {
    title: "Nothing is mounted at a path",
    meaning: "The path is not a mount point on the node.",
    remedy: "Mount it, and add it to /etc/fstab or a mount unit of the node.",
    reportedBy: CHECK,
    cause: ({ path }: { path: string }) => `nothing is mounted at ${path}`,
    fix: () => "Mount it on the node, with an entry in /etc/fstab or a mount unit",
    example: { path: "/var/lib/data" },
  },
  MountTypeWrong: {
    title: "A mount is of another type",
    meaning: "The file system that is mounted at the path is not of the required type.",
    remedy: "Mount a file system of the required type there.",
    reportedBy: CHECK,
    cause: ({ path, type, wanted }: { path: string; type: string; wanted: string }) =>
      `${path} is a mount of type ${type}; ${wanted} is required`,
    fix: ({ wanted }: { wanted: string }) => `Mount a file system of type ${wanted} there`,
    example: { path: "/sys/fs/bpf", type: "tmpfs", wanted: "bpf" },
  },
  SysctlMissing: {
    title: "The kernel has no such sysctl",
    meaning: "The file of the sysctl below /proc/sys does not exist or cannot be read.",
    remedy: "Correct the name, or load the module that makes it.",
    reportedBy: CHECK,
    cause: ({ sysctl, file }: { sysctl: string; file: string }) =>
      `cannot read sysctl ${sysctl}: ${file} does not exist or is not readable`,
    fix: () => "Correct its name, or load the module that makes it",
    example: {
      sysctl: "net.bridge.bridge-nf-call-iptables",
      file: "/proc/sys/net/bridge/bridge-nf-call-iptables",
    },
  },
  SysctlUnfit: {
    title: "A sysctl has another value than required",
    meaning: "The running kernel has a value that does not fit.",
    remedy: "Set it on the node now with sysctl -w, and in /etc/sysctl.d for the next boot.",
    reportedBy: CHECK,
    cause: ({ sysctl, value, wanted }: { sysctl: string; value: string; wanted: string }) =>
      `sysctl ${sysctl} is ${value}; ${wanted} is required`,
    fix: ({ sysctl, set = "" }: { sysctl: string; set?: string }) =>
      set === ""
        ? `Set it on the node with sysctl -w ${sysctl}=…, and in a file in /etc/sysctl.d`
        : `Run "sysctl -w ${sysctl}=${set}" on the node, and write ${sysctl}=${set} into a file in /etc/sysctl.d`,
    example: { sysctl: "vm.max_map_count", value: "65530", wanted: ">=262144", set: "262144" },
  },
  FileMissing: {
    title: "A file of the node is missing",
    meaning: "The path does not exist on the node, or cannot be looked at.",
    remedy: "Create the file on the node, or correct the path.",
    reportedBy: CHECK,
    cause: ({ path }: { path: string }) => `${path} does not exist`,
    fix: () => "Create it on the node, or correct the path",
    example: { path: "/etc/multipath.conf" },
  },
  FileUnfit: {
    title: "A file of the node has another mode or owner",
    meaning: "The file exists, and its mode or owner is not the required one.",
    remedy: "Correct it with chmod or chown on the node.",
    reportedBy: CHECK,
    cause: (p: { path: string; property: string; value: string; wanted: string }) =>
      `the ${p.property} of ${p.path} is ${p.value}; ${p.wanted} is required`,
    fix: ({ command, wanted, path }: { command: string; wanted: string; path: string }) =>
      `Run "${command} ${wanted} ${path}" on the node`,
    example: {
      path: "/etc/app.key",
      property: "mode",
      value: "0644",
      wanted: "0600",
      command: "chmod",
    },
  },
  CommandMissing: {
    title: "A command is missing",
    meaning: "No directory of PATH holds the command.",
    remedy: "Install the package that brings the command in the image, or correct PATH.",
    reportedBy: CHECK,
    cause: ({ command, path }: { command: string; path: string }) =>
      `command ${command} was not found in ${path}`,
    fix: () => "Install it in the image, or correct PATH",
    example: { command: "iscsiadm", path: "/usr/sbin:/usr/bin" },
  },
  KernelUnfit: {
    title: "The running kernel is not one of the required versions",
    meaning: "The version of the running kernel does not fit what the script requires.",
    remedy: "Boot a kernel that fits, usually by an update of the node's operating system.",
    reportedBy: CHECK,
    cause: ({ kernel, wanted }: { kernel: string; wanted: string }) =>
      `the running kernel is ${kernel}; ${wanted} is required`,
    fix: () => "Boot a kernel that fits: update the node's operating system and reboot it",
    example: { kernel: "4.18.0-372.el8", wanted: ">=5.4" },
  },
  PackageMissing: {
    title: "A package is not installed on the node",
    meaning: "The database of the node's package manager does not hold the package as installed.",
    remedy: "Install the package on the node.",
    reportedBy: CHECK,
    cause: ({ package: name, os }: { package: string; os: string }) =>
      `package ${name} is not installed (${os})`,
    fix: ({ advice }: { advice: string }) => advice,
    example: {
      package: "nfs-common",
      os: "Ubuntu 22.04.4 LTS",
      advice: 'Run "apt-get install nfs-common" on the node',
    },
  },
  PackagesUnknown: {
    title: "The packages of the node cannot be read",
    meaning: "Neither the database of dpkg nor that of apk or rpm could be read on the node.",
    remedy: "Run the container with hostPID, so that HOST_ROOT is the node's root, and as root.",
    reportedBy: CHECK,
    cause: ({ root, why }: { root: string; why: string }) =>
      `cannot read which packages are installed in ${root}: ${why}`,
    fix: () => "Run the container privileged and with hostPID, or check for a command instead",
    example: { root: "/proc/1/root", why: "no database of dpkg, apk or rpm" },
  },
} as const satisfies Entries;
