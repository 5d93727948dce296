import { readFileSync } from "node:fs";

/** Where it cannot be read: no boot is the same as it. */
export const UNKNOWN_BOOT = "unknown";

/** What identifies this boot of the host (proc(5), random/boot_id); `unknown` where it cannot be read. */
export function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return UNKNOWN_BOOT;
  }
}
