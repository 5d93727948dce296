import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeDurably } from "../../../src/lib/linux/durable-file.ts";
import type { Host } from "../../../src/lib/linux/host.ts";
import { moduleState } from "../../../src/lib/linux/modules/modules.ts";
import type { Need } from "../../../src/lib/linux/modules/known.ts";

const FILE = "etc/modules-load.d/storageos-lio.conf";

/**
 * Has the node load these modules at boot (modules-load.d(5)): those that are modules on this
 * kernel and can be loaded. Gives a line that says what became of it; a node that cannot be written
 * is no failure, since this script loads them after every boot too.
 */
export function loadAtBoot(host: Host, needs: readonly Need[], inPod: boolean): string {
  if (inPod && host.root === "/") {
    return `not loaded at boot: the node's /etc is not reachable (the pod has no hostPID)`;
  }
  const path = join(host.root, FILE);
  const directory = join(path, "..");
  if (!existsSync(directory)) return `not loaded at boot: the node has no /etc/modules-load.d`;
  const names = needs.filter((need) => moduleState(host, need) === "live").map(({ name }) => name);
  if (names.length === 0) return "nothing to load at boot: the kernel has all modules built in";
  const text = `# Written by storageos-init: the Linux-IO modules that StorageOS needs.\n${names.join("\n")}\n`;
  const written = writeDurably(path, text, 0o644);
  if (!written.ok) return `not loaded at boot: ${written.error}`;
  return `loaded at boot: /${FILE} ${written.value}`;
}
