import type { Result } from "../../result.ts";
import type { Host } from "../host.ts";
import { readModuleIndex } from "../module-index.ts";
import type { ModprobeRun } from "../modprobe.ts";
import { type KernelModule, type ModuleState, isThere, moduleState } from "../modules.ts";
import { type Explanation, type Finding, type Suspect, quote } from "./finding.ts";
import { missingDirectory, missingFile, unreadableCompression } from "./missing.ts";
import {
  banned,
  missingCapability,
  modulesDisabled,
  rejectedSignature,
  selinuxDenial,
} from "./refused.ts";
import { damagedFile, foreignBuild } from "./unfit.ts";

/** An attempt to load a module, after which it is still not there. */
export type Attempt = {
  readonly host: Host;
  readonly need: KernelModule;
  readonly state: ModuleState;
  readonly run: Result<ModprobeRun, string>;
  /** What the kernel logged since the attempt began. */
  readonly log: readonly string[];
};

type Check = (suspect: Suspect) => Explanation | undefined;

/** The first that knows the cause wins: from what forbids any loading to what one file lacks. */
const CHECKS: readonly Check[] = [
  missingDirectory,
  missingCapability,
  modulesDisabled,
  banned,
  missingFile,
  unreadableCompression,
  rejectedSignature,
  selinuxDenial,
  foreignBuild,
  damagedFile,
];

/** Finds out why an attempt failed. */
export function diagnose(attempt: Attempt): Finding {
  const { host, need, run, log } = attempt;
  if (!run.ok) {
    return { module: need.name, cause: run.error, fix: "Use an image that has kmod" };
  }
  const index = readModuleIndex(host);
  const module = culprit(host, need, index?.get(need.name)?.dependencies ?? []);
  const indexed = index?.get(module.name);
  const suspect = { host, module, indexed, stderr: run.value.stderr, log };
  for (const check of CHECKS) {
    const finding = check(suspect);
    if (finding !== undefined) return { module: module.name, ...finding };
  }
  return { module: module.name, ...unexplained(attempt, run.value) };
}

/** The first module in the order of loading that is not there. */
function culprit(host: Host, need: KernelModule, dependencies: readonly string[]): KernelModule {
  const others = dependencies.map((name) => ({ name, option: undefined }));
  return others.find((module) => !isThere(moduleState(host, module))) ?? need;
}

function unexplained({ need, state, log }: Attempt, { status, stderr }: ModprobeRun): Explanation {
  const said = stderr === "" ? `modprobe exited ${status} and said nothing` : quote(stderr);
  const logged = log.findLast((line) => line.includes(need.name));
  return {
    cause: `${said}, and the module is ${state}${logged === undefined ? "" : `; kernel log: ${quote(logged)}`}`,
    fix: `Run "modprobe ${need.name}" on the node and see its kernel log (dmesg)`,
  };
}
