/** One check of a host, for scripts: what is there in one line, or why it does not fit. */
import { statfsSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";
import { failureOf } from "../../failure/failure.ts";
import { CHECKS } from "../../failure/topics/checks.ts";
import { RESOURCES } from "../../failure/topics/resources.ts";
import { fail, ok } from "../../result.ts";
import { hostModprobe } from "../modules/modprobe.ts";
import { diagnose } from "../modules/diagnose.ts";
import { kernelModule } from "../modules/known.ts";
import { isThere, moduleState } from "../modules/modules.ts";
import { wordOf } from "../modules/word.ts";
import { readText, type Host } from "../host.ts";
import { readMounts } from "../mountinfo.ts";
import { nearestExisting } from "./containing-mount.ts";
import type { Checked } from "./checked.ts";
import { compare, readBytes, readCondition, versionOf } from "./conditions.ts";
import { checkPackage } from "./packages.ts";
import { findTaken, fixFor, listTaken, parsePorts } from "./ports.ts";
import { judgePropagation, propagationOf, readNodeMounts } from "./propagation.ts";
import { roomIn } from "./room.ts";

/** What a check looks at, and with what. */
export type CheckOptions = {
  readonly host: Host;
  /** PATH. */
  readonly searchPath: string;
  readonly type: string | undefined;
  readonly isShared: boolean;
  readonly mode: string | undefined;
  readonly owner: string | undefined;
};

type Check = (word: string, options: CheckOptions) => Checked | readonly Checked[];

/** By kind: how it is written, and what it does with each of its words. */
export const KINDS: Readonly<Record<string, { readonly usage: string; readonly check: Check }>> = {
  module: { usage: "module NAME…", check: checkModule },
  mount: { usage: "mount PATH… [--type TYPE] [--shared]", check: checkMount },
  port: { usage: "port N[-M][/udp]…", check: checkPort },
  sysctl: { usage: "sysctl 'KEY>=N'…", check: checkSysctl },
  file: { usage: "file PATH… [--mode MODE] [--owner USER[:GROUP]]", check: checkFile },
  command: { usage: "command NAME…", check: checkCommand },
  kernel: { usage: "kernel '>=5.4'", check: checkKernel },
  space: { usage: "space PATH SIZE", check: checkSpace },
  package: { usage: "package NAME…", check: (word, { host }) => checkPackage(word, host) },
};

/** Runs the check of one kind on each of its words. */
export function check(
  kind: string,
  words: readonly string[],
  options: CheckOptions,
): readonly Checked[] {
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (known === undefined)
    return [unusable(`no such kind "${kind}"; there are ${Object.keys(KINDS).join(", ")}`)];
  const given = kind === "space" ? [words.join(" ")] : words;
  if (given.length === 0) return [unusable(`write check ${known.usage}`)];
  return given.flatMap((word) => known.check(word, options));
}

function unusable(usage: string): Checked {
  return fail({ usage });
}

/** A module that is not loaded may be missing, forbidden or damaged: then that is the cause. */
function checkModule(name: string, { host }: CheckOptions): Checked {
  if (!/^[\w-]{1,64}$/.test(name)) return unusable(`"${name}" is not the name of a module`);
  const module = kernelModule(name.replaceAll("-", "_"));
  const state = moduleState(host, module);
  if (isThere(state)) return ok(`module ${name}: ${state}`);
  const need = { ...module, mandatory: true, requires: [] };
  const run = hostModprobe(host, { isDryRun: true })(name);
  const { module: blamed, fault } = diagnose({ host, need, state, run, log: [] });
  const couldLoad = run.ok && run.value.status === 0;
  if (fault.code === "CapabilityMissing" || (fault.code === "ModuleNotLoaded" && couldLoad))
    return fail(failureOf(CHECKS, "ModuleNotPresent", { modules: name }));
  const culprit = blamed === module.name ? name : `${blamed} (needed by ${name})`;
  return fail(wordOf(fault, culprit));
}

function checkMount(path: string, { host, type, isShared }: CheckOptions): readonly Checked[] {
  if (!path.startsWith("/")) return [unusable(`"${path}" is not an absolute path`)];
  const mounts = readNodeMounts(host) ?? readMounts();
  const mount = mounts.findLast(({ mountPoint }) => mountPoint === path);
  if (mount === undefined) return [fail(failureOf(CHECKS, "MountMissing", { path }))];
  const wrong = type !== undefined && mount.fsType !== type;
  const about = { path, type: mount.fsType, wanted: type ?? "" };
  const kind = wrong
    ? fail(failureOf(CHECKS, "MountTypeWrong", about))
    : ok(`${path}: a mount of type ${mount.fsType}`);
  if (!isShared) return [kind];
  const findings = propagationOf(host, [path]).map(judgePropagation);
  const shared = findings.map((finding): Checked => {
    const [unmet] = finding.verdict === "met" ? [] : finding.unmet;
    return unmet === undefined ? ok(`${path} passes mounts on`) : fail(unmet.failure);
  });
  return [kind, ...shared];
}

function checkPort(word: string): Checked {
  const ports = parsePorts(word);
  if (ports === undefined)
    return unusable(`"${word}" is not a port, such as 8080, 8080-8090 or 53/udp`);
  const taken = findTaken(ports).filter(({ holder }) => holder?.isOwnPod !== true);
  if (taken.length === 0) return ok(`port ${word}: free`);
  const about = { ports: listTaken(taken), advice: fixFor(taken) };
  return fail(failureOf(RESOURCES, "PortInUse", about));
}

function checkSysctl(word: string, { host }: CheckOptions): Checked {
  const condition = readCondition(word);
  if (
    condition === undefined ||
    !/^[\w.*:/-]+$/.test(condition.name) ||
    condition.name.includes("..")
  )
    return unusable(`"${word}" is not KEY>=N, such as vm.max_map_count>=262144`);
  const { name: sysctl, operator, value: set } = condition;
  const file = join(host.proc, "sys", sysctl.replaceAll(".", "/"));
  const value = readText(file)?.trim().replaceAll(/\s+/g, " ");
  if (value === undefined) return fail(failureOf(CHECKS, "SysctlMissing", { sysctl, file }));
  if (compare(value, operator, set)) return ok(`sysctl ${sysctl}: ${value}`);
  const about = { sysctl, value, wanted: `${operator}${set}` };
  // A bound that is not itself allowed is nothing to set.
  const allowed = compare(set, operator, set) ? { set } : {};
  return fail(failureOf(CHECKS, "SysctlUnfit", { ...about, ...allowed }));
}

function checkFile(path: string, { host, mode, owner }: CheckOptions): readonly Checked[] {
  if (!path.startsWith("/")) return [unusable(`"${path}" is not an absolute path`)];
  const stats = statOf(join(host.root, path));
  if (stats === undefined) return [fail(failureOf(CHECKS, "FileMissing", { path }))];
  const has = { mode: octal(stats.mode), owner: ownerOf(owner ?? "", stats) };
  const checked: Checked[] = [];
  if (mode !== undefined && has.mode !== octal(Number.parseInt(mode, 8)))
    checked.push(unfit(path, "mode", has.mode, mode));
  if (owner !== undefined && has.owner !== numericOwner(owner, host))
    checked.push(unfit(path, "owner", has.owner, owner));
  return checked.length > 0 ? checked : [ok(`${path}: mode ${has.mode}`)];
}

function unfit(path: string, property: "mode" | "owner", value: string, wanted: string): Checked {
  const command = property === "mode" ? "chmod" : "chown";
  return fail(failureOf(CHECKS, "FileUnfit", { path, property, value, wanted, command }));
}

function octal(mode: number): string {
  return `0${(mode & 0o7777).toString(8)}`;
}

type Owned = { readonly uid: number; readonly gid: number };

/** As `wanted` writes it: a user, or a user and a group, in numbers. */
function ownerOf(wanted: string, { uid, gid }: Owned): string {
  return wanted.includes(":") ? `${uid}:${gid}` : String(uid);
}

/** Names by the node's own /etc/passwd and /etc/group. */
function numericOwner(owner: string, { root }: Host): string {
  const [user = "", group] = owner.split(":");
  const uid = idIn(join(root, "etc/passwd"), user);
  return group === undefined ? uid : `${uid}:${idIn(join(root, "etc/group"), group)}`;
}

function idIn(file: string, name: string): string {
  const lines = (readText(file) ?? "").split("\n").map((line) => line.split(":"));
  return lines.find(([known]) => known === name)?.[2] ?? name;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // not permitted, or a cycle of links
  }
}

function checkCommand(command: string, { searchPath }: CheckOptions): Checked {
  const found = Bun.which(command, { PATH: searchPath });
  if (found !== null) return ok(`command ${command}: ${found}`);
  return fail(failureOf(CHECKS, "CommandMissing", { command, path: searchPath }));
}

function checkKernel(word: string, { host }: CheckOptions): Checked {
  const condition = readCondition(`kernel${word.trim()}`);
  if (condition === undefined || versionOf(condition.value) === undefined)
    return unusable(`"${word}" is not a version of kernels, such as ">=5.4"`);
  const { operator, value } = condition;
  if (compare(host.release, operator, value)) return ok(`kernel ${host.release}`);
  const about = { kernel: host.release, wanted: `${operator}${value}` };
  return fail(failureOf(CHECKS, "KernelUnfit", about));
}

function checkSpace(words: string, { host }: CheckOptions): Checked {
  const [, path, size = ""] = /^(\/.*) (\S+)$/.exec(words) ?? [];
  const bytes = readBytes(size);
  if (path === undefined || bytes === undefined)
    return unusable("write check space PATH SIZE, such as /var/lib 2GiB");
  const { bsize, blocks, bavail } = statfsSync(nearestExisting(join(host.root, path)));
  const room = roomIn([{ directory: path, size: blocks * bsize, free: bavail * bsize }], bytes);
  return room.ok ? ok(`${path}: ${room.value}`) : room;
}
