import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeDurably } from "../../../src/lib/linux/durable-file.ts";
import type { Host } from "../../../src/lib/linux/host.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { moduleState } from "../../../src/lib/linux/modules/modules.ts";
import type { Need } from "../../../src/lib/linux/modules/known.ts";

export const FILE = "etc/modules-load.d/storageos-lio.conf";

/**
 * Has the node load these modules at boot (modules-load.d(5)): those that are modules on this
 * kernel and can be loaded. Gives a line that says what became of it, and the text if it wrote it; a
 * node that cannot be written is no failure, since this script loads them after every boot too.
 */
export function loadAtBoot(host: Host, needs: readonly Need[], inPod: boolean): AtBoot {
  const names = needs.filter((need) => moduleState(host, need) === "live").map(({ name }) => name);
  const planned = planBootFile(host, names, inPod);
  if (!planned.ok) return { line: planned.error, written: undefined };
  const { path, text } = planned.value;
  const written = writeDurably(path, text, 0o644);
  if (!written.ok) return { line: `not loaded at boot: ${written.error}`, written: undefined };
  const line = `loaded at boot: /${FILE} ${written.value}`;
  return { line, written: written.value === "written" ? text : undefined };
}

export type AtBoot = { readonly line: string; readonly written: string | undefined };

/** The file that loads these modules at boot, as it is to be; the error says why there is none. */
export function planBootFile(
  host: Host,
  names: readonly string[],
  inPod: boolean,
): Result<{ readonly path: string; readonly text: string }, string> {
  if (inPod && host.root === "/") {
    return fail(`not loaded at boot: the node's /etc is not reachable (the pod has no hostPID)`);
  }
  const path = join(host.root, FILE);
  if (!existsSync(dirname(path)))
    return fail("not loaded at boot: the node has no /etc/modules-load.d");
  if (names.length === 0)
    return fail("nothing to load at boot: the kernel has all modules built in");
  const text = `# Written by storageos-init: the Linux-IO modules that StorageOS needs.\n${names.join("\n")}\n`;
  return ok({ path, text });
}
