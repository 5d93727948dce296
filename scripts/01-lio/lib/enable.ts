import type { Failure } from "../../../src/lib/failure/failure.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import type { Host } from "../../../src/lib/linux/host.ts";
import type { Modprobe } from "../../../src/lib/linux/modules/modprobe.ts";
import { isThere, moduleState } from "../../../src/lib/linux/modules/modules.ts";
import { loadAtBoot } from "./boot-modules.ts";
import { ensureConfigfs, proveTarget } from "./configfs.ts";
import type { Deeds } from "./deeds.ts";
import { loadedModules, loadModules, ofLinuxIo, type Missing } from "./load.ts";
import { wordOf } from "../../../src/lib/linux/modules/word.ts";
import { lookAtNextKernel } from "./next-kernel.ts";
import { neededModules } from "./needs.ts";

export type Enabling = {
  readonly host: Host;
  readonly env: Record<string, string | undefined>;
  readonly modprobe: Modprobe;
  /** Told what is done, line by line. */
  readonly say: (line: string) => void;
};

/** What was done, whether it works in the end or not. */
export type Enabled = {
  readonly done: Omit<Deeds, "bootId">;
  /** Warnings, or why it does not work. */
  readonly result: Result<readonly Failure[], readonly Failure[]>;
};

/**
 * Makes Linux-IO work on a host: loads modules, mounts configfs, proves it, and has the node load
 * the modules at boot.
 */
export async function enableLio(enabling: Enabling): Promise<Enabled> {
  const done: Doing = {
    loaded: [],
    hasMounted: false,
    hasMadeLoopback: false,
    bootFile: undefined,
  };
  return { result: await enable(enabling, done), done };
}

type Doing = { -readonly [Name in keyof Enabled["done"]]: Enabled["done"][Name] };

/** @param done is told what is changed as it goes: whatever happens after is to be undone with it */
async function enable(
  enabling: Enabling,
  done: Doing,
): Promise<Result<readonly Failure[], readonly Failure[]>> {
  const { host, env, modprobe, say } = enabling;
  const needed = neededModules(env);
  if (!needed.ok) return fail([needed.error]);
  const needs = needed.value.modules;
  const isNeeded = needs.some((need) => !isThere(moduleState(host, need)));
  const before = isNeeded ? loadedModules(host) : undefined;
  const missing = loadModules(host, needs, modprobe, say);
  if (before !== undefined) done.loaded = ofLinuxIo(host, loadedModules(host).difference(before));
  if (missing.some(({ need }) => need.mandatory)) return fail(failuresOf(missing));

  const mounted = await ensureConfigfs(host);
  if (!mounted.ok) return fail([mounted.error]);
  done.hasMounted = mounted.value === "mounted";
  say(`configfs ${mounted.value} at /sys/kernel/config`);
  const proven = proveTarget(host);
  if (!proven.ok) return fail([proven.error]);
  done.hasMadeLoopback = proven.value === "made";
  const atBoot = loadAtBoot(host, needs, env["KUBERNETES_SERVICE_HOST"] !== undefined);
  done.bootFile = atBoot.written;
  say(atBoot.line);
  say("Linux-IO is ready: target/core and target/loopback are there");
  const next = lookAtNextKernel(host, needs);
  return ok([
    ...needed.value.warnings,
    ...failuresOf(missing),
    ...(next === undefined ? [] : [next]),
  ]);
}

/** One failure for each reason, naming all modules that it keeps out. */
export function failuresOf(missing: readonly Missing[]): readonly Failure[] {
  const byReason = Map.groupBy(missing, ({ finding }) => JSON.stringify(finding.fault));
  return [...byReason.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = new Set(group.map((one) => nameCulprit(one, missing)));
    return [wordOf(first.finding.fault, [...names].join(", "))];
  });
}

/** A dependency that is itself needed is named alone; another one, with what needs it. */
function nameCulprit({ need, finding }: Missing, missing: readonly Missing[]): string {
  const known = missing.some((other) => other.need.name === finding.module);
  return known ? finding.module : `${finding.module} (needed by ${need.name})`;
}
