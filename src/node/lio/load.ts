import type { Host } from "../host.ts";
import { readKernelLog, uptimeMs } from "../kernel-log.ts";
import type { Modprobe } from "../modprobe.ts";
import { isThere, moduleState } from "../modules.ts";
import { diagnose } from "./diagnose.ts";
import type { Finding } from "./finding.ts";
import type { Need } from "./needs.ts";

/** Why a needed module is not there. */
export type Failure = { readonly need: Need; readonly finding: Finding };

/**
 * Loads each module that is not there yet, and looks again after every modprobe: its exit status
 * proves nothing. Says what it does; gives what could not be loaded.
 */
export function loadModules(
  host: Host,
  needs: readonly Need[],
  modprobe: Modprobe,
  say: (line: string) => void,
): Failure[] {
  return needs.flatMap((need) => {
    const before = moduleState(host, need);
    if (isThere(before)) {
      say(`module ${need.name}: ${before}`);
      return [];
    }
    const since = uptimeMs(host);
    const run = modprobe(need.name);
    const after = moduleState(host, need);
    if (isThere(after)) {
      say(`module ${need.name}: loaded`);
      return [];
    }
    const log = readKernelLog(since);
    return [{ need, finding: diagnose({ host, need, state: after, run, log }) }];
  });
}
