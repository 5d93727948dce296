import { statSync } from "node:fs";

/** Where the host's files are: `/proc/1/root` if that is another root (a container with hostPID), else `/`. */
export function findHostRoot(): string {
  try {
    const host = statSync("/proc/1/root/");
    const own = statSync("/");
    return host.ino === own.ino && host.dev === own.dev ? "/" : "/proc/1/root";
  } catch {
    return "/"; // not permitted, or no /proc
  }
}
