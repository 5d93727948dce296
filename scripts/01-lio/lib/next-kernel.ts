/** The kernel that boots next: a node whose new kernel lacks its modules breaks at its next reboot. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { failureOf } from "../../../src/lib/failure/failure.ts";
import { LIO } from "../../../src/lib/failure/topics/lio.ts";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { isListedBuiltIn, readModuleIndex } from "../../../src/lib/linux/modules/module-index.ts";
import type { Need } from "../../../src/lib/linux/modules/known.ts";
import { readOsRelease } from "../../../src/lib/linux/modules/os-release.ts";
import { packageHint } from "../../../src/lib/linux/modules/package-hint.ts";

/**
 * A warning if a newer kernel than the running one is installed, as boot loaders take by default, and
 * lacks modules that are needed; undefined if there is none, or it has them.
 */
export function lookAtNextKernel(host: Host, needs: readonly Need[]): Failure | undefined {
  const release = nextKernel(host);
  if (release === undefined) return undefined;
  const next: Host = { ...host, release };
  const index = readModuleIndex(next);
  const missing = needs.filter(
    ({ name, mandatory }) => mandatory && index?.has(name) !== true && !isListedBuiltIn(next, name),
  );
  if (missing.length === 0) return undefined;
  const modules = missing.map(({ name }) => name).join(", ");
  const advice = packageHint(readOsRelease(host), release);
  return failureOf(LIO, "NextKernelLacksModules", {
    modules,
    release,
    running: host.release,
    advice,
  });
}

/** The newest kernel with an index of its modules, if it is newer than the running one. */
function nextKernel({ modules, release }: Host): string | undefined {
  const newer = list(modules).filter(
    (name) =>
      compareReleases(name, release) > 0 &&
      readText(join(modules, name, "modules.dep")) !== undefined,
  );
  return newer.toSorted(compareReleases).at(-1);
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** By their numbers, from left to right: 6.1.0-9 is before 6.1.0-10. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => (text.match(/\d+/g) ?? []).map(Number));
  const length = Math.max(left?.length ?? 0, right?.length ?? 0);
  for (let index = 0; index < length; index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
