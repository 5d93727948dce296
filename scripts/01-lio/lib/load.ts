import { join } from "node:path";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { readKernelLog, uptimeMs } from "../../../src/lib/linux/modules/kernel-log.ts";
import type { Modprobe } from "../../../src/lib/linux/modules/modprobe.ts";
import { isThere, moduleState } from "../../../src/lib/linux/modules/modules.ts";
import { diagnose, foresee } from "../../../src/lib/linux/modules/diagnose.ts";
import type { Finding } from "../../../src/lib/linux/modules/finding.ts";
import { LIO_MODULES, type Need } from "../../../src/lib/linux/modules/known.ts";
import { readModuleIndex } from "../../../src/lib/linux/modules/module-index.ts";

/** Why a needed module is not there. */
export type Missing = { readonly need: Need; readonly finding: Finding };

/**
 * Loads each module that is not there yet, and looks again after every modprobe: its exit status
 * proves nothing. Says what it does; gives what is not there in the end.
 */
export function loadModules(
  host: Host,
  needs: readonly Need[],
  modprobe: Modprobe,
  say: (line: string) => void,
): Missing[] {
  const failures = needs.flatMap((need) => loadModule(host, need, modprobe, say) ?? []);
  // One that failed alone may have come with a later one that needs it.
  return failures.filter(({ need }) => !isThere(moduleState(host, need)));
}

/** What keeps a module out that is not there yet, as far as that shows without loading it. */
export function foreseeModules(
  host: Host,
  needs: readonly Need[],
  tryModprobe: Modprobe,
): readonly Missing[] {
  return needs.flatMap((need) => {
    const finding = foresee({ host, need, run: tryModprobe(need.name) });
    return finding === undefined ? [] : [{ need, finding }];
  });
}

/** The names of all modules that are loaded (proc_modules(5)). */
export function loadedModules(host: Host): ReadonlySet<string> {
  const lines = (readText(join(host.proc, "modules")) ?? "").split("\n");
  return new Set(lines.map((line) => line.split(" ", 1)[0] ?? "").filter(Boolean));
}

/**
 * Those that Linux-IO brings with it: its own, what they need, and the implementations of the checksum
 * that the target core has the kernel load. An undo never unloads any other.
 */
export function ofLinuxIo(host: Host, names: Iterable<string>): readonly string[] {
  const index = readModuleIndex(host);
  const own = Object.keys(LIO_MODULES);
  const all = new Set(own.flatMap((name) => [...(index?.get(name)?.dependencies ?? []), name]));
  return [...names].filter((name) => all.has(name) || name.startsWith("crct10dif_"));
}

function loadModule(
  host: Host,
  need: Need,
  modprobe: Modprobe,
  say: (line: string) => void,
): Missing | undefined {
  const before = moduleState(host, need);
  if (isThere(before)) {
    say(`module ${need.name}: ${before}`);
    return undefined;
  }
  const since = uptimeMs(host);
  const run = modprobe(need.name);
  const state = moduleState(host, need);
  if (isThere(state)) {
    say(`module ${need.name}: loaded`);
    return undefined;
  }
  return { need, finding: diagnose({ host, need, state, run, log: readKernelLog(host, since) }) };
}
