import type { Host } from "../../../src/lib/linux/host.ts";
import { readKernelLog, uptimeMs } from "../../../src/lib/linux/modules/kernel-log.ts";
import type { Modprobe } from "../../../src/lib/linux/modules/modprobe.ts";
import { isThere, moduleState } from "../../../src/lib/linux/modules/modules.ts";
import { diagnose, foresee } from "../../../src/lib/linux/modules/diagnose.ts";
import type { Finding } from "../../../src/lib/linux/modules/finding.ts";
import type { Need } from "../../../src/lib/linux/modules/known.ts";

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
