import { type Result, fail, ok } from "../../../src/lib/result.ts";
import type { Host } from "../../../src/lib/linux/host.ts";
import type { Modprobe } from "./modprobe.ts";
import { loadAtBoot } from "./boot-modules.ts";
import { ensureConfigfs, proveTarget } from "./configfs.ts";
import { type Failure, loadModules } from "./load.ts";
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
 * the modules at boot. Gives warnings, or why it does not work; each is `<cause>. <fix>.`
 */
export async function enableLio(enabling: Enabling): Promise<Result<string[], string>> {
  const { host, env, modprobe, say } = enabling;
  const needed = neededModules(env);
  if (!needed.ok) return fail(`${needed.error}.`);
  const needs = needed.value.modules;
  const failures = loadModules(host, needs, modprobe, say);
  if (failures.some(({ need }) => need.mandatory)) return fail(describe(failures).join("\n"));

  const mounted = await ensureConfigfs(host);
  if (!mounted.ok) return fail(`${mounted.error}.`);
  say(`configfs ${mounted.value} at /sys/kernel/config`);
  const proven = proveTarget(host);
  if (!proven.ok) return fail(`${proven.error}.`);
  say(loadAtBoot(host, needs, env["KUBERNETES_SERVICE_HOST"] !== undefined));
  say("Linux-IO is ready: target/core and target/loopback are there");
  return ok([...needed.value.warnings.map((warning) => `${warning}.`), ...describe(failures)]);
}

/** One line for each cause, naming all modules that it keeps out. */
function describe(failures: readonly Failure[]): string[] {
  const byCause = Map.groupBy(failures, ({ finding }) => `${finding.cause}. ${finding.fix}.`);
  return [...byCause].map(([explanation, group]) => {
    const names = new Set(group.map((failure) => nameCulprit(failure, failures)));
    const plural = names.size > 1 ? "modules" : "module";
    return `cannot load kernel ${plural} ${[...names].join(", ")}: ${explanation}`;
  });
}

/** A dependency that is itself needed is told for itself; another one, with what needs it. */
function nameCulprit({ need, finding }: Failure, failures: readonly Failure[]): string {
  const known = failures.some((other) => other.need.name === finding.module);
  return known ? finding.module : `${finding.module} (needed by ${need.name})`;
}
