import type { Result } from "../../result.ts";
import type { Host } from "../host.ts";
import { readModuleIndex } from "./module-index.ts";
import type { ModprobeRun } from "./modprobe.ts";
import { type KernelModule, type ModuleState, isThere, moduleState } from "./modules.ts";
import { type Fault, type Finding, type Suspect, quote } from "./finding.ts";
import {
  missingDirectory,
  missingFile,
  unreadableCompression,
  unreadableIndex,
} from "./missing.ts";
import { type Need, kernelModule } from "./known.ts";
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
  readonly need: Need;
  readonly state: ModuleState;
  readonly run: Result<ModprobeRun, string>;
  /** What the kernel logged since the attempt began. */
  readonly log: readonly string[];
};

type Check = (suspect: Suspect) => Fault | undefined;

/** What keeps every module out. */
const CHECKS_OF_ALL: readonly Check[] = [missingDirectory, missingCapability, modulesDisabled];

/** What keeps one module out: first what forbids it, then what its file lacks. */
const CHECKS_OF_ONE: readonly Check[] = [
  banned,
  missingFile,
  unreadableCompression,
  unreadableIndex,
  rejectedSignature,
  selinuxDenial,
  foreignBuild,
  damagedFile,
];

/** Finds out why an attempt failed: the first check that knows the cause wins. */
export function diagnose(attempt: Attempt): Finding {
  const { host, need, run, log } = attempt;
  if (!run.ok)
    return { module: need.name, fault: { code: "ModprobeMissing", about: { why: run.error } } };

  const index = readModuleIndex(host);
  const suspectOf = (module: KernelModule): Suspect => {
    return { host, module, indexed: index?.get(module.name), stderr: run.value.stderr, log };
  };
  const asked = suspectOf(need);
  const ofAll = firstFault(CHECKS_OF_ALL, asked);
  if (ofAll !== undefined) return { module: need.name, fault: ofAll };

  const blamed = suspectOf(blame(asked, need));
  const fault = firstFault(CHECKS_OF_ONE, blamed) ?? unexplained(attempt, run.value);
  return { module: blamed.module.name, fault };
}

/**
 * Whether the module could be loaded, from what can be seen without loading it: a dry run of
 * modprobe finds dependencies that are missing, and neither files nor bans.
 * @returns undefined if nothing speaks against it
 */
export function foresee({ host, need, run }: Omit<Attempt, "state" | "log">): Finding | undefined {
  const attempt = { host, need, run, state: moduleState(host, need), log: [] };
  if (!run.ok) return diagnose(attempt);
  const indexed = readModuleIndex(host);
  const suspectOf = (module: KernelModule, stderr: string): Suspect => {
    return { host, module, indexed: indexed?.get(module.name), stderr, log: [] };
  };
  // What the kernel answers where it loads no module for this process.
  const ofAll = firstFault(CHECKS_OF_ALL, suspectOf(need, "Operation not permitted"));
  if (ofAll !== undefined) return { module: need.name, fault: ofAll };
  const others = (indexed?.get(need.name)?.dependencies ?? []).map(kernelModule);
  for (const module of [...others.filter((one) => !isThere(moduleState(host, one))), need]) {
    const fault = firstFault(CHECKS_OF_ONE, suspectOf(module, ""));
    if (fault !== undefined) return { module: module.name, fault };
  }
  return run.value.status === 0 ? undefined : diagnose(attempt);
}

function firstFault(checks: readonly Check[], suspect: Suspect): Fault | undefined {
  for (const check of checks) {
    const fault = check(suspect);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The module itself when its file is missing; else the first one it needs that is not there. */
function blame(asked: Suspect, need: Need): KernelModule {
  if (missingFile(asked) !== undefined) return need;
  const needed = [...need.requires, ...(asked.indexed?.dependencies ?? [])].map(kernelModule);
  return needed.find((module) => !isThere(moduleState(asked.host, module))) ?? need;
}

function unexplained({ need, state, log }: Attempt, { status, stderr }: ModprobeRun): Fault {
  const evidence = stderr === "" ? `modprobe exited ${status} and printed nothing` : quote(stderr);
  const logged = log.findLast((line) => line.includes(need.name));
  const about = { evidence, state, name: need.name };
  return {
    code: "ModuleNotLoaded",
    about: logged === undefined ? about : { ...about, logged: quote(logged) },
  };
}
