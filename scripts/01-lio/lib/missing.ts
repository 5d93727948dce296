import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { parseMountinfo } from "../../../src/lib/linux/mountinfo.ts";
import { configValue, readKernelConfig } from "./kernel-config.ts";
import { moduleName } from "./module-index.ts";
import { readableCompressions } from "./modprobe.ts";
import { readOsRelease } from "./os-release.ts";
import { kernelHint, packageHint } from "./package-hint.ts";
import type { Explanation, Suspect } from "./finding.ts";

/** No directory of modules for the running kernel. */
export function missingDirectory({ host }: Suspect): Explanation | undefined {
  const directory = join(host.modules, host.release);
  if (existsSync(directory)) return undefined;
  if (host.root !== "/" && existsSync(join(host.root, "lib/modules", host.release))) {
    return {
      cause: `${directory} is on the node but not in this container`,
      fix: `Mount the node's /lib/modules into the init container`,
    };
  }
  const others = list(host.modules).filter((name) =>
    existsSync(join(host.modules, name, "modules.dep")),
  );
  if (others.length === 0) return noModules(host, directory);
  return {
    cause: `${directory} is absent: the node runs kernel ${host.release}, but has modules for ${others.join(", ")} only, so its kernel was updated or removed since it booted`,
    fix: "Reboot the node",
  };
}

/** Where the host's root is not seen, its distribution is not known either. */
function noModules(host: Host, directory: string): Explanation {
  if (isMountPoint(host.modules, host)) {
    return {
      cause: `${directory} is absent: the node's own directory, which is mounted at ${host.modules}, holds no kernel modules`,
      fix:
        host.root === "/"
          ? `Install the modules of kernel ${host.release} on the node`
          : hint(host),
    };
  }
  return {
    cause: `${directory} is absent, and no other kernel's modules are there`,
    fix:
      host.root === "/"
        ? `Mount the node's /lib/modules into the init container; outside of one, reinstall the modules of kernel ${host.release}`
        : hint(host),
  };
}

function isMountPoint(path: string, { proc }: Host): boolean {
  if (!existsSync(path)) return false;
  // /lib is a link in most images
  const real = realpathSync(path);
  const mounts = parseMountinfo(readText(join(proc, "self/mountinfo")) ?? "");
  return mounts.some(({ mountPoint }) => mountPoint === real);
}

/** The index or the disk has no such module file. */
export function missingFile({ host, module, indexed }: Suspect): Explanation | undefined {
  const directory = join(host.modules, host.release);
  if (indexed !== undefined) {
    if (existsSync(join(directory, indexed.file))) return undefined;
    return { cause: `${join(directory, indexed.file)} is absent`, fix: hint(host) };
  }
  const config = readKernelConfig(host);
  if (config !== undefined && module.option !== undefined) {
    if (configValue(config.text, module.option) === "not set") {
      return {
        cause: `kernel ${host.release} is built without it (${module.option} is not set in ${config.path})`,
        fix: kernelHint(readOsRelease(host), host.release, module.option),
      };
    }
  }
  const file = findModuleFile(directory, module.name);
  if (file !== undefined) {
    return {
      cause: `${file} is there, but ${directory}/modules.dep does not name it`,
      fix: `Run "depmod -a ${host.release}" on the node`,
    };
  }
  return { cause: `kernel ${host.release} has no such module in ${directory}`, fix: hint(host) };
}

/** The text of the index is right, and what modprobe reads of it is not. */
export function unreadableIndex({ host, stderr }: Suspect): Explanation | undefined {
  if (!/Module \S+ not found in directory/.test(stderr)) return undefined;
  return {
    cause: `modprobe does not find in ${join(host.modules, host.release)} what modules.dep names, so its index (modules.dep.bin) is absent or damaged`,
    fix: `Run "depmod -a ${host.release}" on the node`,
  };
}

/** A compressed module that the image's modprobe cannot read. */
export function unreadableCompression({ host, indexed }: Suspect): Explanation | undefined {
  const compression = /\.ko\.(\w+)$/.exec(indexed?.file ?? "")?.[1];
  if (compression === undefined || indexed === undefined) return undefined;
  const readable = readableCompressions();
  if (readable.includes(compression)) return undefined;
  const formats = readable.length === 0 ? "no compressed ones" : readable.join(" and ");
  return {
    cause: `${join(host.modules, host.release, indexed.file)} is compressed as .${compression}, and this image's modprobe reads ${formats}`,
    fix: `Use an init image whose kmod reads .${compression}`,
  };
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
