import { failureOf } from "../../../src/lib/failure/failure.ts";
import { REQUIREMENTS } from "../../../src/lib/failure/topics/requirements.ts";
import { readClock } from "./host-clock.ts";
import { type Finding, met, warning } from "../../../src/lib/linux/checks/finding.ts";

/** Whether a time service keeps the node's clock, as it tells the kernel; no network is asked. */
export function checkClock(): Finding {
  const clock = readClock();
  if (!clock.ok) {
    return warning(failureOf(REQUIREMENTS, "ClockUnknown", { error: clock.error }));
  }
  const { isSynchronised, maxErrorMs } = clock.value;
  if (isSynchronised) return met(`clock: synchronised, at most ${maxErrorMs} ms off`);
  return warning(failureOf(REQUIREMENTS, "ClockNotSynchronised", {}));
}
