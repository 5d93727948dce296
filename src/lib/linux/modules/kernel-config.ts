import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Host, readText } from "../host.ts";

export type ConfigValue = "y" | "m" | "not set";

/** What the running kernel was built with, from `/proc/config.gz`. */
export function readRunningConfig(host: Host): string | undefined {
  const path = join(host.proc, "config.gz");
  if (!existsSync(path)) return undefined;
  try {
    return Buffer.from(Bun.gunzipSync(readFileSync(path))).toString();
  } catch {
    return undefined;
  }
}

/** The running kernel's configuration and where it stands, wherever the distribution keeps it. */
export function readKernelConfig(host: Host): { path: string; text: string } | undefined {
  const running = readRunningConfig(host);
  if (running !== undefined) return { path: "/proc/config.gz", text: running };
  const { root, release } = host;
  for (const [directory, path] of [
    [root, `boot/config-${release}`],
    [root, `usr/lib/modules/${release}/config`],
    [root, `lib/modules/${release}/config`],
    [host.modules, `${release}/config`],
  ] as const) {
    const text = readText(join(directory, path));
    if (text !== undefined)
      return { path: directory === root ? `/${path}` : `${directory}/${path}`, text };
  }
  return undefined;
}

/** The value of an option such as `CONFIG_TARGET_CORE`; an option that is not named is not set. */
export function configValue(text: string, option: string): ConfigValue {
  const value = new RegExp(`^${option}=([ym])$`, "m").exec(text)?.[1];
  return value === "y" || value === "m" ? value : "not set";
}
