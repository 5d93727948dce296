import type { Host } from "../../../src/lib/linux/host.ts";
import {
  areModulesDisabled,
  hasCapability,
  isSecureBoot,
  isSelinuxEnforcing,
  lockdownMode,
} from "./lockdown.ts";
import { findBan } from "./modprobe-config.ts";
import { type Explanation, type Suspect, quote } from "./finding.ts";

/** The container may not load modules at all. */
export function missingCapability({ host, stderr }: Suspect): Explanation | undefined {
  if (!stderr.includes("Operation not permitted") || hasCapability(host, "CAP_SYS_MODULE"))
    return undefined;
  return {
    cause: "the init container lacks the capability CAP_SYS_MODULE",
    fix: "Set securityContext.privileged: true on the init container",
  };
}

/** The node was told to load no module until its next boot. */
export function modulesDisabled({ host, stderr }: Suspect): Explanation | undefined {
  if (!stderr.includes("Operation not permitted") || !areModulesDisabled(host)) return undefined;
  return {
    cause:
      "the node forbids loading modules until its next boot (sysctl kernel.modules_disabled = 1)",
    fix: "Have the node load the modules at boot, before that sysctl is set, and reboot it",
  };
}

/** The node's administrator forbids this module. */
export function banned({ host, module }: Suspect): Explanation | undefined {
  const ban = findBan(host, module.name);
  if (ban === undefined) return undefined;
  return {
    cause: `${ban.where} forbids it (${quote(ban.directive)})`,
    fix: ban.where.startsWith("/")
      ? "Remove that line on the node"
      : "Remove it from the boot loader's configuration and reboot the node",
  };
}

/** The kernel takes signed modules only. */
export function rejectedSignature({ host, stderr, log }: Suspect): Explanation | undefined {
  const logged = log.findLast((line) =>
    /Lockdown: .*module|Loading of (?:unsigned )?module|signed with a trusted key|LoadPin|key .*required/i.test(
      line,
    ),
  );
  const refused = /Key was rejected|Required key not available|Bad message/.test(stderr);
  if (!refused && !(logged !== undefined && /not permitted/.test(stderr))) {
    return undefined;
  }
  const evidence = [
    quote(stderr),
    ...(logged === undefined ? [] : [`kernel log: ${quote(logged)}`]),
  ];
  return {
    cause: `the kernel does not accept its signature${guard(host)} (${evidence.join("; ")})`,
    fix: "Use the distribution's own kernel and modules, or enrol the key that signed them (mokutil --import), or turn Secure Boot and lockdown off",
  };
}

function guard(host: Host): string {
  const mode = lockdownMode(host);
  const guards = [
    ...(isSecureBoot(host) === true ? ["Secure Boot is on"] : []),
    ...(mode === undefined || mode === "none" ? [] : [`lockdown is ${mode}`]),
  ];
  return guards.length === 0 ? "" : `: ${guards.join(", ")}`;
}

/** SELinux denies this container the loading of modules. */
export function selinuxDenial({ host, stderr, log }: Suspect): Explanation | undefined {
  const denial = log.findLast((line) => /avc:\s+denied\s+\{[^}]*module_load/.test(line));
  const denied = stderr.includes("Permission denied") && isSelinuxEnforcing(host);
  if (denial === undefined && !denied) return undefined;
  return {
    cause: `SELinux denies module_load (${denial === undefined ? quote(stderr) : `kernel log: ${quote(denial)}`})`,
    fix: `Run the init container privileged (type spc_t), or allow it on the node: "ausearch -m avc -c modprobe | audit2allow -M storageos-lio && semodule -i storageos-lio.pp"`,
  };
}
