import type { MODULE_REFUSALS } from "./topics/module-refusals.ts";
import type { MODULES } from "./topics/modules.ts";

/** Failures that only a reboot of the node ends: another attempt is in vain. */
const REBOOT_CODES: readonly string[] = [
  "KernelNotRebooted",
  "ModuleLoadingDisabled",
] satisfies readonly (keyof typeof MODULES | keyof typeof MODULE_REFUSALS)[];

export function needsReboot(code: string | undefined): boolean {
  return code !== undefined && REBOOT_CODES.includes(code);
}
