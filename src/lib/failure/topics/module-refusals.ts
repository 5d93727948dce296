import type { Entries } from "../failure.ts";
import { cannotLoad, type Modules } from "./modules.ts";

const SCRIPT = "01-lio/enable-lio.ts";

/** What forbids loading a kernel module. */
export const MODULE_REFUSALS = {
  CapabilityMissing: {
    title: "The init container lacks a capability",
    meaning: "Loading modules needs CAP_SYS_MODULE, mounting configfs needs CAP_SYS_ADMIN.",
    remedy: "Set securityContext.privileged: true on the init container.",
    reportedBy: SCRIPT,
    cause: (p: { what: string; capability: string }) =>
      `cannot ${p.what}: the init container lacks the capability ${p.capability}`,
    fix: () => "Set securityContext.privileged: true on the init container",
    example: { what: "load kernel module tcm_loop", capability: "CAP_SYS_MODULE" },
  },
  ModuleLoadingDisabled: {
    title: "The node forbids loading modules until its next boot",
    meaning: "The sysctl kernel.modules_disabled is 1. Only a reboot resets it.",
    remedy: "Let the node load the modules at boot, before that sysctl is set, and reboot it.",
    reportedBy: SCRIPT,
    cause: (p: Modules) =>
      cannotLoad(
        p,
        "the node forbids loading modules until its next boot (sysctl kernel.modules_disabled = 1)",
      ),
    fix: () => "Let the node load the modules at boot, before that sysctl is set, and reboot it",
    example: { modules: "tcm_loop" },
  },
  ModuleForbidden: {
    title: "The node's configuration forbids a module",
    meaning:
      "A blacklist or an install line of modprobe.d, or the kernel's command line, keeps it out.",
    remedy: "Remove the line that the failure names.",
    reportedBy: SCRIPT,
    cause: (p: Modules & { where: string; directive: string }) =>
      cannotLoad(p, `${p.where} forbids it (${p.directive})`),
    fix: (p: { where: string }) =>
      p.where.startsWith("/")
        ? "Remove that line on the node"
        : "Remove it from the boot loader's configuration and reboot the node",
    example: {
      modules: "tcm_loop",
      where: "/etc/modprobe.d/cis.conf:1",
      directive: '"install tcm_loop /bin/false"',
    },
  },
  ModuleSignatureRejected: {
    title: "The kernel does not accept the signature of a module",
    meaning: "With Secure Boot or lockdown the kernel loads only modules signed with a known key.",
    remedy:
      "Use the distribution's own kernel and modules, or enrol the key that signed them (mokutil --import).",
    reportedBy: SCRIPT,
    cause: (p: Modules & { guard?: string; evidence: string }) =>
      cannotLoad(p, `the kernel does not accept its signature${p.guard ?? ""} (${p.evidence})`),
    fix: () =>
      "Use the distribution's own kernel and modules, or enrol the key that signed them (mokutil --import), or turn Secure Boot and lockdown off",
    example: {
      modules: "tcm_loop",
      guard: ": Secure Boot is on",
      evidence: '"Key was rejected by service"',
    },
  },
  SelinuxDeniesModule: {
    title: "SELinux denies loading a module",
    meaning: "The SELinux type of the init container may not load modules.",
    remedy: "Run the init container privileged (type spc_t), or allow it on the node.",
    reportedBy: SCRIPT,
    cause: (p: Modules & { evidence: string }) =>
      cannotLoad(p, `SELinux denies module_load (${p.evidence})`),
    fix: () =>
      'Run the init container privileged (type spc_t), or allow it on the node: "ausearch -m avc -c modprobe | audit2allow -M storageos-lio && semodule -i storageos-lio.pp"',
    example: { modules: "tcm_loop", evidence: '"Permission denied"' },
  },
} as const satisfies Entries;
