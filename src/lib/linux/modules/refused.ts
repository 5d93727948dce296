import type { Host } from "../host.ts";
import {
  areModulesDisabled,
  hasCapability,
  isSecureBoot,
  isSelinuxEnforcing,
  lockdownMode,
} from "./lockdown.ts";
import { findBan } from "./modprobe-config.ts";
import { type Fault, type Suspect, quote } from "./finding.ts";

/** The container may not load modules at all. */
export function missingCapability({ host, stderr }: Suspect): Fault | undefined {
  if (!stderr.includes("Operation not permitted") || hasCapability(host, "CAP_SYS_MODULE"))
    return undefined;
  return { code: "CapabilityMissing", about: { capability: "CAP_SYS_MODULE" } };
}

/** The node was told to load no module until its next boot. */
export function modulesDisabled({ host, stderr }: Suspect): Fault | undefined {
  if (!stderr.includes("Operation not permitted") || !areModulesDisabled(host)) return undefined;
  return { code: "ModuleLoadingDisabled", about: {} };
}

/** The node's administrator forbids this module. */
export function banned({ host, module }: Suspect): Fault | undefined {
  const ban = findBan(host, module.name);
  if (ban === undefined) return undefined;
  return {
    code: "ModuleForbidden",
    about: { where: ban.where, directive: quote(ban.directive) },
  };
}

/** The kernel takes signed modules only. */
export function rejectedSignature({ host, stderr, log }: Suspect): Fault | undefined {
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
    code: "ModuleSignatureRejected",
    about: { guard: guard(host), evidence: evidence.join("; ") },
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
export function selinuxDenial({ host, stderr, log }: Suspect): Fault | undefined {
  const denial = log.findLast((line) => /avc:\s+denied\s+\{[^}]*module_load/.test(line));
  const denied = stderr.includes("Permission denied") && isSelinuxEnforcing(host);
  if (denial === undefined && !denied) return undefined;
  const evidence = denial === undefined ? quote(stderr) : `kernel log: ${quote(denial)}`;
  return { code: "SelinuxDeniesModule", about: { evidence } };
}
