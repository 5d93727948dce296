import { failureOf, type Failure } from "../../failure/failure.ts";
import { MODULE_REFUSALS } from "../../failure/topics/module-refusals.ts";
import { MODULES } from "../../failure/topics/modules.ts";
import type { Fault } from "./finding.ts";

/** The failure for these modules, names between commas. */
export function wordOf(fault: Fault, modules: string): Failure {
  if (fault.code === "CapabilityMissing") {
    const plural = modules.includes(", ") ? "modules" : "module";
    return failureOf(MODULE_REFUSALS, fault.code, {
      what: `load kernel ${plural} ${modules}`,
      capability: fault.about.capability,
    });
  }
  // The type of a fault pairs each code with what its words need.
  return failureOf({ ...MODULES, ...MODULE_REFUSALS }, fault.code, { modules, ...fault.about });
}
