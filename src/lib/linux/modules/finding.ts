import type { ParamsOf } from "../../failure/failure.ts";
import type { MODULE_REFUSALS } from "../../failure/topics/module-refusals.ts";
import type { MODULES } from "../../failure/topics/modules.ts";
import type { Host } from "../host.ts";
import type { IndexedModule } from "./module-index.ts";
import type { KernelModule } from "./modules.ts";

type Entries = typeof MODULES & typeof MODULE_REFUSALS;

/** Codes of the failures to load a module. */
type ModuleCode = {
  [Code in keyof Entries]: "modules" extends keyof ParamsOf<Entries[Code]> ? Code : never;
}[keyof Entries];

/** Why a module cannot be loaded: data, worded when it is known for which modules it holds. */
export type Fault =
  | {
      readonly [Code in ModuleCode]: {
        readonly code: Code;
        readonly about: Omit<ParamsOf<Entries[Code]>, "modules">;
      };
    }[ModuleCode]
  | { readonly code: "CapabilityMissing"; readonly about: { readonly capability: string } };

/** Why a module is not in the kernel. */
export type Finding = {
  /** The module to blame: the one that was asked for, or one that it depends on. */
  readonly module: string;
  readonly fault: Fault;
};

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
