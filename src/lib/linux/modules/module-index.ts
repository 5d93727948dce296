import { join } from "node:path";
import { type Host, readText } from "../host.ts";

/** A module as depmod(8) indexed it; paths are below `/lib/modules/<release>`. */
export type IndexedModule = {
  readonly file: string;
  /** The names of the modules it needs, in the order in which they must be loaded. */
  readonly dependencies: readonly string[];
};

/** Reads modules.dep(5): by module name; undefined when the index is not there. */
export function readModuleIndex(host: Host): Map<string, IndexedModule> | undefined {
  const text = readText(join(host.modules, host.release, "modules.dep"));
  if (text === undefined) return undefined;
  const index = new Map<string, IndexedModule>();
  for (const line of text.split("\n")) {
    const [file, dependencies] = line.split(":");
    if (!file || dependencies === undefined) continue;
    const names = dependencies.split(" ").filter(Boolean).map(moduleName);
    index.set(moduleName(file), { file, dependencies: names.toReversed() });
  }
  return index;
}

/** Whether modules.builtin names the module as part of the kernel itself. */
export function isListedBuiltIn(host: Host, name: string): boolean {
  const text = readText(join(host.modules, host.release, "modules.builtin")) ?? "";
  return text.split("\n").some((file) => file !== "" && moduleName(file) === name);
}

/** `kernel/drivers/target/target_core_mod.ko.zst` → `target_core_mod`; `-` and `_` are the same. */
export function moduleName(file: string): string {
  const base = file.slice(file.lastIndexOf("/") + 1);
  return base.replace(/\.ko(?:\.\w+)?$/, "").replaceAll("-", "_");
}
