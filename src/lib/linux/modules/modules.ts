import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Host, readText } from "../host.ts";
import { configValue, readRunningConfig } from "./kernel-config.ts";
import { isListedBuiltIn } from "./module-index.ts";

/** A kernel module, and the build option that decides about it, where known. */
export type KernelModule = { readonly name: string; readonly option: string | undefined };

/** `coming` and `going` as in `/sys/module/<name>/initstate`: being loaded, being removed. */
export type ModuleState = "live" | "built-in" | "coming" | "going" | "absent";

/**
 * What the running kernel says of a module. A directory in `/sys/module` without `initstate` is a
 * built-in one (Documentation/ABI/stable/sysfs-module); a built-in one without parameters has no
 * directory, so `modules.builtin` and `/proc/config.gz` are asked too.
 */
export function moduleState(host: Host, { name, option }: KernelModule): ModuleState {
  const directory = join(host.sys, "module", name);
  const state = readText(join(directory, "initstate"))?.trim();
  if (state === "live" || state === "coming" || state === "going") return state;
  if (existsSync(directory) || isListedBuiltIn(host, name)) return "built-in";
  const config = readRunningConfig(host);
  if (config === undefined || option === undefined) return "absent";
  return configValue(config, option) === "y" ? "built-in" : "absent";
}

/** Whether the kernel can use it now. */
export function isThere(state: ModuleState): boolean {
  return state === "live" || state === "built-in";
}
