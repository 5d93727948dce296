import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Host, readText } from "../host.ts";

const SECURE_BOOT = "firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

/** Whether the firmware booted with Secure Boot; undefined where it cannot be seen. */
export function isSecureBoot(host: Host): boolean | undefined {
  const path = join(host.sys, SECURE_BOOT);
  if (!existsSync(path)) return undefined;
  try {
    // Four bytes of attributes, then the value (UEFI specification, "Globally Defined Variables").
    return readFileSync(path)[4] === 1;
  } catch {
    return undefined;
  }
}

/** kernel_lockdown(7): `none`, `integrity` or `confidentiality`; undefined where it cannot be seen. */
export function lockdownMode(host: Host): string | undefined {
  const text = readText(join(host.sys, "kernel/security/lockdown")) ?? "";
  return /\[(\w+)\]/.exec(text)?.[1];
}

/** Whether SELinux is in force on this kernel. */
export function isSelinuxEnforcing(host: Host): boolean {
  return readText(join(host.sys, "fs/selinux/enforce"))?.trim() === "1";
}

/** Whether the sysctl kernel.modules_disabled forbids all loading until the next boot. */
export function areModulesDisabled(host: Host): boolean {
  return readText(join(host.proc, "sys/kernel/modules_disabled"))?.trim() === "1";
}

/** capabilities(7) by their bit. */
const CAPABILITIES = { CAP_SYS_MODULE: 16n, CAP_SYS_ADMIN: 21n } as const;

/** Whether this process has a capability; true where that cannot be seen. */
export function hasCapability(host: Host, capability: keyof typeof CAPABILITIES): boolean {
  const status = readText(join(host.proc, "self/status")) ?? "";
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask === undefined || ((BigInt(`0x${mask}`) >> CAPABILITIES[capability]) & 1n) === 1n;
}
