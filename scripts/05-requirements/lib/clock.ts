import { readClock } from "./host-clock.ts";
import { type Finding, met, warning } from "./finding.ts";

/** Whether a time service keeps the node's clock, as it tells the kernel; no network is asked. */
export function checkClock(): Finding {
  const clock = readClock();
  if (!clock.ok) {
    return warning(
      `cannot see whether the clock is synchronised: ${clock.error}`,
      "Allow the container the system call adjtimex (reading needs no capability).",
    );
  }
  const { isSynchronised, maxErrorMs } = clock.value;
  if (isSynchronised) return met(`clock: synchronised, at most ${maxErrorMs} ms off`);
  return warning(
    "this node's clock is not synchronised (adjtimex: STA_UNSYNC)",
    "Start a time service on the node and see that it reaches its servers: timedatectl timesync-status, or chronyc tracking (chrony needs rtcsync in chrony.conf to tell the kernel).",
  );
}
