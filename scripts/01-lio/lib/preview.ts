/** A dry run: what enableLio would change on this host, or why it would not work. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { isThere, moduleState } from "../../../src/lib/linux/modules/modules.ts";
import { FILE, planBootFile } from "./boot-modules.ts";
import { MOUNT_POINT, foreseeConfigfs } from "./configfs.ts";
import { type Enabling, failuresOf } from "./enable.ts";
import { foreseeModules } from "./load.ts";
import { lookAtNextKernel } from "./next-kernel.ts";
import { neededModules } from "./needs.ts";

export type Preview = {
  /** A line each, as in `load kernel module uio`; empty if all is done. */
  readonly changes: readonly string[];
  readonly warnings: readonly Failure[];
};

/** @param enabling its modprobe has to load nothing */
export function previewLio({
  host,
  env,
  modprobe,
}: Omit<Enabling, "say">): Result<Preview, readonly Failure[]> {
  const needed = neededModules(env);
  if (!needed.ok) return fail([needed.error]);
  const { modules, warnings } = needed.value;
  const absent = modules.filter((need) => !isThere(moduleState(host, need)));
  const missing = foreseeModules(host, absent, modprobe);
  if (missing.some(({ need }) => need.mandatory)) return fail(failuresOf(missing));
  const mounted = foreseeConfigfs(host);
  if (!mounted.ok) return fail([mounted.error]);

  const kept = new Set(missing.map(({ need }) => need));
  const toLoad = absent.filter((need) => !kept.has(need));
  const atBoot = modules
    .filter((need) => toLoad.includes(need) || moduleState(host, need) === "live")
    .map(({ name }) => name);
  const planned = planBootFile(host, atBoot, env["KUBERNETES_SERVICE_HOST"] !== undefined);
  const loopback = "kernel/config/target/loopback";
  const changes = [
    ...toLoad.map(({ name }) => `load kernel module ${name}`),
    ...(mounted.value === "mounted" ? [`mount configfs at ${MOUNT_POINT}`] : []),
    ...(existsSync(join(host.sys, loopback)) ? [] : [`make /sys/${loopback}`]),
    ...(planned.ok && textOf(planned.value.path) !== planned.value.text ? [`write /${FILE}`] : []),
  ];
  const next = lookAtNextKernel(host, modules);
  const more = next === undefined ? [] : [next];
  return ok({ changes, warnings: [...warnings, ...failuresOf(missing), ...more] });
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
