import type { Failure } from "../../../src/lib/failure/failure.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import type { Host } from "../../../src/lib/linux/host.ts";
import type { Modprobe } from "../../../src/lib/linux/modules/modprobe.ts";
import { loadAtBoot } from "./boot-modules.ts";
import { ensureConfigfs, proveTarget } from "./configfs.ts";
import { loadModules, type Missing } from "./load.ts";
import { wordOf } from "../../../src/lib/linux/modules/word.ts";
import { neededModules } from "./needs.ts";

export type Enabling = {
  readonly host: Host;
  readonly env: Record<string, string | undefined>;
  readonly modprobe: Modprobe;
  /** Told what is done, line by line. */
  readonly say: (line: string) => void;
};

/**
 * Makes Linux-IO work on a host: loads modules, mounts configfs, proves it, and has the node load
 * the modules at boot. Gives warnings, or why it does not work.
 */
export async function enableLio(
  enabling: Enabling,
): Promise<Result<readonly Failure[], readonly Failure[]>> {
  const { host, env, modprobe, say } = enabling;
  const needed = neededModules(env);
  if (!needed.ok) return fail([needed.error]);
  const needs = needed.value.modules;
  const missing = loadModules(host, needs, modprobe, say);
  if (missing.some(({ need }) => need.mandatory)) return fail(failuresOf(missing));

  const mounted = await ensureConfigfs(host);
  if (!mounted.ok) return fail([mounted.error]);
  say(`configfs ${mounted.value} at /sys/kernel/config`);
  const proven = proveTarget(host);
  if (!proven.ok) return fail([proven.error]);
  say(loadAtBoot(host, needs, env["KUBERNETES_SERVICE_HOST"] !== undefined));
  say("Linux-IO is ready: target/core and target/loopback are there");
  return ok([...needed.value.warnings, ...failuresOf(missing)]);
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
