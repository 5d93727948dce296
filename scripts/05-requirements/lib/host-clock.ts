import { dlopen, ptr, read } from "bun:ffi";
import { fail, ok, type Result } from "../../../src/lib/result.ts";
import { errnoName } from "../../../src/lib/linux/errno.ts";

export type Clock = {
  readonly isSynchronised: boolean;
  /** What the kernel thinks the clock is off at most. */
  readonly maxErrorMs: number;
};

const STA_UNSYNC = 0x40;
/** Of struct timex where long is of 64 bits (adjtimex(2)): its size, and where maxerror and status are. */
const TIMEX = { size: 208, maxError: 24, status: 40 } as const;

/** Asks the kernel about its clock (adjtimex(2), modes 0), which a time service keeps informed. */
export function readClock(): Result<Clock, string> {
  const { symbols: libc } = dlopen("libc.so.6", {
    adjtimex: { args: ["ptr"], returns: "int" },
    __errno_location: { args: [], returns: "ptr" },
  });
  const timex = new DataView(new ArrayBuffer(TIMEX.size));
  if (libc.adjtimex(ptr(timex.buffer)) === -1) {
    const location = libc.__errno_location();
    return fail(`adjtimex: ${errnoName(location === null ? 0 : read.i32(location))}`);
  }
  const maxErrorUs = Number(timex.getBigInt64(TIMEX.maxError, true));
  return ok({
    isSynchronised: (timex.getInt32(TIMEX.status, true) & STA_UNSYNC) === 0,
    maxErrorMs: Math.ceil(maxErrorUs / 1000),
  });
}
