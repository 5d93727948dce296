import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { readText, type Host } from "../host.ts";
import { parseMountinfo } from "../mountinfo.ts";
import { configValue, readKernelConfig } from "./kernel-config.ts";
import { moduleName } from "./module-index.ts";
import { readableCompressions } from "./modprobe.ts";
import { readOsRelease } from "./os-release.ts";
import { kernelHint, packageHint } from "./package-hint.ts";
import type { Fault, Suspect } from "./finding.ts";

/** No directory of modules for the running kernel. */
export function missingDirectory({ host }: Suspect): Fault | undefined {
  const directory = join(host.modules, host.release);
  if (existsSync(directory)) return undefined;
  if (host.root !== "/" && existsSync(join(host.root, "lib/modules", host.release))) {
    return { code: "ModulesNotMounted", about: { directory } };
  }
  const others = list(host.modules).filter((name) =>
    existsSync(join(host.modules, name, "modules.dep")),
  );
  if (others.length === 0) return noModules(host, directory);
  const about = { directory, kernel: host.release, others: others.join(", ") };
  return { code: "KernelNotRebooted", about };
}

/** Where the host's root is not seen, its distribution is not known either. */
function noModules(host: Host, directory: string): Fault {
  const isMounted = isMountPoint(host.modules, host);
  const install =
    host.root === "/" ? `Install the modules of kernel ${host.release} on the node` : hint(host);
  const mount = `Mount the node's /lib/modules into the init container; outside of one, reinstall the modules of kernel ${host.release}`;
  const advice = isMounted || host.root !== "/" ? install : mount;
  const about = isMounted ? { directory, advice, mount: host.modules } : { directory, advice };
  return { code: "ModulesDirectoryMissing", about };
}

function isMountPoint(path: string, { proc }: Host): boolean {
  if (!existsSync(path)) return false;
  // /lib is a link in most images
  const real = realpathSync(path);
  const mounts = parseMountinfo(readText(join(proc, "self/mountinfo")) ?? "");
  return mounts.some(({ mountPoint }) => mountPoint === real);
}

/** The index or the disk has no such module file. */
export function missingFile({ host, module, indexed }: Suspect): Fault | undefined {
  const directory = join(host.modules, host.release);
  const place = { kernel: host.release, directory };
  if (indexed !== undefined) {
    if (existsSync(join(directory, indexed.file))) return undefined;
    const file = join(directory, indexed.file);
    return { code: "ModuleFileMissing", about: { ...place, file, advice: hint(host) } };
  }
  const config = readKernelConfig(host);
  if (config !== undefined && module.option !== undefined) {
    if (configValue(config.text, module.option) === "not set") {
      const advice = kernelHint(readOsRelease(host), host.release, module.option);
      const about = { kernel: host.release, option: module.option, config: config.path, advice };
      return { code: "ModuleNotBuilt", about };
    }
  }
  const file = findModuleFile(directory, module.name);
  if (file !== undefined) {
    return { code: "ModuleIndexDamaged", about: { ...place, file } };
  }
  return { code: "ModuleFileMissing", about: { ...place, advice: hint(host) } };
}

/** The text of the index is right, and what modprobe reads of it is not. */
export function unreadableIndex({ host, stderr }: Suspect): Fault | undefined {
  if (!/Module \S+ not found in directory/.test(stderr)) return undefined;
  const directory = join(host.modules, host.release);
  return { code: "ModuleIndexDamaged", about: { directory, kernel: host.release } };
}

/** A compressed module that the image's modprobe cannot read. */
export function unreadableCompression({ host, indexed }: Suspect): Fault | undefined {
  const compression = /\.ko\.(\w+)$/.exec(indexed?.file ?? "")?.[1];
  if (compression === undefined || indexed === undefined) return undefined;
  const readable = readableCompressions();
  if (readable.includes(compression)) return undefined;
  const about = {
    file: join(host.modules, host.release, indexed.file),
    compression,
    readable: readable.length === 0 ? "no compressed ones" : readable.join(" and "),
  };
  return { code: "ModuleCompressionUnreadable", about };
}

function hint(host: Host): string {
  return packageHint(readOsRelease(host), host.release);
}

/** Looks for a module's file where the index does not name it. */
function findModuleFile(directory: string, name: string): string | undefined {
  const files = list(directory, { recursive: true });
  const file = files.find((path) => /\.ko(?:\.\w+)?$/.test(path) && moduleName(path) === name);
  return file === undefined ? undefined : join(directory, file);
}

function list(directory: string, { recursive = false } = {}): string[] {
  try {
    return readdirSync(directory, { recursive, encoding: "utf8" }).toSorted();
  } catch {
    return [];
  }
}
