import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Host, readText } from "../host.ts";

/** modprobe.d(5)'s directories, the first wins where two have a file of one name. */
const DIRECTORIES = [
  "etc/modprobe.d",
  "run/modprobe.d",
  "usr/local/lib/modprobe.d",
  "usr/lib/modprobe.d",
  "lib/modprobe.d",
];

/** Where the host's administrator forbids a module. */
export type Ban = {
  /** `/etc/modprobe.d/hardening.conf:3` on the host, or `the kernel command line`. */
  readonly where: string;
  /** The words that forbid it, such as `blacklist tcm_loop`. */
  readonly directive: string;
};

/** The host's modprobe.d directories that are there, as this process sees them. */
export function modprobeDirectories(host: Host): string[] {
  return DIRECTORIES.map((path) => join(host.root, path)).filter(
    (path) => listDirectory(path) !== undefined,
  );
}

/** The first line on the host that forbids a module: `blacklist`, or `install` with a command that loads nothing. */
export function findBan(host: Host, module: string): Ban | undefined {
  return banInFiles(host, module) ?? banOnCommandLine(host, module);
}

function banInFiles(host: Host, module: string): Ban | undefined {
  const seen = new Set<string>();
  for (const directory of DIRECTORIES) {
    for (const file of listDirectory(join(host.root, directory)) ?? []) {
      if (!file.endsWith(".conf") || seen.has(file)) continue;
      seen.add(file);
      const lines = (readText(join(host.root, directory, file)) ?? "").split("\n");
      const at = lines.findIndex((line) => forbids(line, module));
      const directive = lines[at]?.trim();
      if (directive !== undefined) return { where: `/${directory}/${file}:${at + 1}`, directive };
    }
  }
  return undefined;
}

function forbids(line: string, module: string): boolean {
  const [command, name, ...rest] = line.trim().split(/\s+/);
  if (name?.replaceAll("-", "_") !== module) return false;
  if (command === "blacklist") return true;
  return command === "install" && /^(?:\/(?:usr\/)?bin\/)?(?:true|false|:)$/.test(rest[0] ?? "");
}

/** kmod reads `modprobe.blacklist=`, the kernel itself `module_blacklist=`. */
function banOnCommandLine(host: Host, module: string): Ban | undefined {
  for (const word of (readText(join(host.proc, "cmdline")) ?? "").trim().split(/\s+/)) {
    const [key, value = ""] = word.split("=");
    if (key !== "modprobe.blacklist" && key !== "module_blacklist") continue;
    if (value.split(",").some((name) => name.replaceAll("-", "_") === module)) {
      return { where: "the kernel command line", directive: word };
    }
  }
  return undefined;
}

function listDirectory(path: string): string[] | undefined {
  try {
    return readdirSync(path).toSorted();
  } catch {
    return undefined;
  }
}
