import type { Host } from "../../../src/lib/linux/host.ts";
import type { IndexedModule } from "./module-index.ts";
import type { KernelModule } from "./modules.ts";

/** Why a module is not in the kernel, and what to do: sentences without their full stops. */
export type Finding = {
  /** The module to blame: the one that was asked for, or one that it depends on. */
  readonly module: string;
  readonly cause: string;
  readonly fix: string;
};

/** A cause and what to do about it. */
export type Explanation = Omit<Finding, "module">;

/** An attempt seen from the module to blame. */
export type Suspect = {
  readonly host: Host;
  readonly module: KernelModule;
  readonly indexed: IndexedModule | undefined;
  readonly stderr: string;
  readonly log: readonly string[];
};

/** In quotation marks, on one line. */
export function quote(text: string): string {
  return `"${text.trim().replace(/\s*\n\s*/g, "; ")}"`;
}
