import type { Entries } from "../failure.ts";

const SCRIPT = "01-lio/enable-lio.ts";

/** Names of modules between commas. */
export type Modules = { readonly modules: string };

/** Every failure to load a module begins alike; `why` is its clause. */
export function cannotLoad({ modules }: Modules, why: string): string {
  return `cannot load kernel ${modules.includes(", ") ? "modules" : "module"} ${modules}: ${why}`;
}

function advice(p: { advice: string }): string {
  return p.advice;
}

const PACKAGE =
  "Install the package that holds all modules of the running kernel: linux-modules-extra-$(uname -r) on Ubuntu, kernel-modules-extra on the RHEL family. The fix of the failure names the package of the node's distribution.";

/** Kernel modules that cannot be loaded. */
export const MODULES = {
  ModprobeMissing: {
    title: "The image has no modprobe",
    meaning: "Modules are loaded with modprobe, and the init image does not contain it.",
    remedy: "Use an init image that has kmod, as the project's own does.",
    reportedBy: SCRIPT,
    cause: (p: Modules & { why: string }) => cannotLoad(p, p.why),
    fix: () => "Use an init image that has kmod",
    example: { modules: "configfs, tcm_loop", why: "cannot run modprobe: it is not in /bin" },
  },
  ModulesNotMounted: {
    title: "The node's modules are not mounted into the init container",
    meaning: "The node has modules for its kernel, and the container cannot see them.",
    remedy: "Mount the node's /lib/modules into the init container (hostPath, read-only).",
    reportedBy: SCRIPT,
    cause: (p: Modules & { directory: string }) =>
      cannotLoad(p, `${p.directory} is on the node but not in this container`),
    fix: () => "Mount the node's /lib/modules into the init container",
    example: { modules: "tcm_loop", directory: "/lib/modules/6.1.0-28-amd64" },
  },
  ModulesDirectoryMissing: {
    title: "The node has no modules for its kernel",
    meaning: "There is no directory of modules for the running kernel, nor for another one.",
    remedy: PACKAGE,
    reportedBy: SCRIPT,
    cause: (p: Modules & { directory: string; mount?: string }) =>
      cannotLoad(
        p,
        p.mount === undefined
          ? `${p.directory} is missing, and no other kernel's modules are there`
          : `${p.directory} is missing: the node's own directory, which is mounted at ${p.mount}, holds no kernel modules`,
      ),
    fix: advice,
    example: {
      modules: "tcm_loop",
      directory: "/lib/modules/6.1.0-28-amd64",
      advice: 'Run "apt-get install --reinstall linux-image-6.1.0-28-amd64" on the node',
    },
  },
  KernelNotRebooted: {
    title: "The node's kernel was updated or removed since it booted",
    meaning:
      "The node runs one kernel and has modules for another one only. Another attempt cannot help.",
    remedy: "Reboot the node.",
    reportedBy: SCRIPT,
    cause: (p: Modules & { directory: string; kernel: string; others: string }) =>
      cannotLoad(
        p,
        `${p.directory} is missing: the node runs kernel ${p.kernel}, but has modules for ${p.others} only, so its kernel was updated or removed since it booted`,
      ),
    fix: () => "Reboot the node",
    example: {
      modules: "tcm_loop",
      directory: "/lib/modules/6.1.0-28-amd64",
      kernel: "6.1.0-28-amd64",
      others: "6.1.0-31-amd64",
    },
  },
  ModuleFileMissing: {
    title: "The node has no file of a module",
    meaning: "Distributions keep the Linux-IO modules in an extra package that is not installed.",
    remedy: PACKAGE,
    reportedBy: SCRIPT,
    cause: (p: Modules & { kernel: string; directory: string; file?: string }) =>
      cannotLoad(
        p,
        p.file === undefined
          ? `kernel ${p.kernel} has no such module in ${p.directory}`
          : `${p.file} is missing`,
      ),
    fix: advice,
    example: {
      modules: "tcm_loop, target_core_user",
      kernel: "5.15.0-126-generic",
      directory: "/lib/modules/5.15.0-126-generic",
      advice: 'Run "apt-get install linux-modules-extra-5.15.0-126-generic" on the node',
    },
  },
  ModuleNotBuilt: {
    title: "The node's kernel is built without a module",
    meaning: "The configuration of the running kernel does not contain the module's option.",
    remedy: "Boot a kernel that has the option, such as the distribution's standard one.",
    reportedBy: SCRIPT,
    cause: (p: Modules & { kernel: string; option: string; config: string }) =>
      cannotLoad(
        p,
        `kernel ${p.kernel} is built without it (${p.option} is not set in ${p.config})`,
      ),
    fix: advice,
    example: {
      modules: "target_core_user",
      kernel: "5.15.154+",
      option: "CONFIG_TCM_USER2",
      config: "/proc/config.gz",
      advice:
        "Boot a kernel built with CONFIG_TCM_USER2=m, such as the distribution's standard one",
    },
  },
  ModuleIndexDamaged: {
    title: "The index of the node's modules is missing, damaged or out of date",
    meaning: "modprobe finds modules in an index that depmod writes.",
    remedy: 'Run "depmod -a $(uname -r)" on the node.',
    reportedBy: SCRIPT,
    cause: (p: Modules & { directory: string; file?: string }) =>
      cannotLoad(
        p,
        p.file === undefined
          ? `modprobe does not find in ${p.directory} what modules.dep names, so its index (modules.dep.bin) is missing or damaged`
          : `${p.file} exists, but ${p.directory}/modules.dep does not name it`,
      ),
    fix: (p: { kernel: string }) => `Run "depmod -a ${p.kernel}" on the node`,
    example: { modules: "tcm_loop", directory: "/lib/modules/6.1.0", kernel: "6.1.0" },
  },
  ModuleCompressionUnreadable: {
    title: "The image's modprobe cannot read the compression of a module",
    meaning: "The node's modules are compressed in a way that the kmod of the image lacks.",
    remedy: "Use an init image whose kmod reads the compression.",
    reportedBy: SCRIPT,
    cause: (p: Modules & { file: string; compression: string; readable: string }) =>
      cannotLoad(
        p,
        `${p.file} is compressed as .${p.compression}, and this image's modprobe reads ${p.readable}`,
      ),
    fix: (p: { compression: string }) => `Use an init image whose kmod reads .${p.compression}`,
    example: {
      modules: "tcm_loop",
      file: "/lib/modules/6.1.0/kernel/tcm_loop.ko.zst",
      compression: "zst",
      readable: "no compressed ones",
    },
  },
  ModuleOfOtherKernel: {
    title: "A module does not fit the running kernel",
    meaning: "The module file is of another build than the kernel that runs.",
    remedy: "Reinstall the kernel and its modules from one build. If it was updated, reboot.",
    reportedBy: SCRIPT,
    cause: (p: Modules & { kernel: string; evidence: string }) =>
      cannotLoad(p, `it does not fit the running kernel ${p.kernel} (kernel log: ${p.evidence})`),
    fix: (p: { advice: string }) =>
      `${p.advice}, so that kernel and modules are of one build; if the kernel was updated, reboot the node`,
    example: {
      modules: "tcm_loop",
      kernel: "6.1.0",
      evidence: '"tcm_loop: Unknown symbol"',
      advice: 'Run "apt-get install --reinstall linux-image-6.1.0" on the node',
    },
  },
  ModuleDamaged: {
    title: "The file of a module is damaged",
    meaning: "The kernel refuses the file: it is truncated, or not a module.",
    remedy: "Reinstall the package that the file is from.",
    reportedBy: SCRIPT,
    cause: (p: Modules & { file: string; evidence: string }) =>
      cannotLoad(p, `${p.file} is damaged, or not a module for this kernel (${p.evidence})`),
    fix: advice,
    example: {
      modules: "tcm_loop",
      file: "/lib/modules/6.1.0/kernel/tcm_loop.ko",
      evidence: '"Exec format error"',
      advice: 'Run "apt-get install --reinstall linux-image-6.1.0" on the node',
    },
  },
  ModuleNotLoaded: {
    title: "A module was not loaded, and no known reason applies",
    meaning:
      "modprobe ended, and the module is not in the kernel. The failure shows what both printed.",
    remedy: "Run modprobe for the module on the node, and look at its kernel log (dmesg).",
    reportedBy: SCRIPT,
    cause: (p: Modules & { evidence: string; state: string; logged?: string }) =>
      cannotLoad(
        p,
        `${p.evidence}, and the module is ${p.state}${p.logged === undefined || p.logged === "" ? "" : `; kernel log: ${p.logged}`}`,
      ),
    fix: (p: { name: string }) =>
      `Run "modprobe ${p.name}" on the node and see its kernel log (dmesg)`,
    example: {
      modules: "tcm_loop",
      name: "tcm_loop",
      evidence: '"Device or resource busy"',
      state: "absent",
    },
  },
} as const satisfies Entries;
