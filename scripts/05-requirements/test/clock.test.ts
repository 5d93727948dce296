import { dlopen, ptr } from "bun:ffi";
import { afterAll, describe, expect, test } from "bun:test";
import { readClock } from "../lib/host-clock.ts";
import { passed, runCheck, warned } from "./run-check.ts";

const STA_UNSYNC = 0x40;
const before = readStatus();

describe.skipIf(!mayAdjust())("the clock", () => {
  afterAll(() => writeStatus(before));

  test("kept by a time service passes", async () => {
    writeStatus(before & ~STA_UNSYNC);
    const { stdout, ...rest } = await runCheck("clock");
    expect(stdout).toMatch(/^clock: synchronised, at most \d+ ms off\n$/);
    expect({ ...rest, stdout: "x\n" }).toEqual(passed("x"));
  });

  test("kept by none warns", async () => {
    writeStatus(before | STA_UNSYNC);
    expect(await runCheck("clock")).toEqual(
      warned(
        "clock",
        "this node's clock is not synchronised (adjtimex: STA_UNSYNC). " +
          "Start a time service on the node and check that it reaches its servers: " +
          "timedatectl timesync-status, or chronyc tracking (chrony needs rtcsync in chrony.conf to inform the kernel).",
      ),
    );
  });
});

/** What a time service does: tells the kernel the clock's status, and that it is 1 ms off at most. */
function writeStatus(status: number): boolean {
  const ADJ_STATUS_AND_MAXERROR = 0x10 | 0x04;
  const timex = new DataView(new ArrayBuffer(208));
  timex.setUint32(0, ADJ_STATUS_AND_MAXERROR, true);
  timex.setBigInt64(24, 1000n, true);
  timex.setInt32(40, status, true);
  return libc().adjtimex(ptr(timex.buffer)) !== -1;
}

function readStatus(): number {
  const timex = new DataView(new ArrayBuffer(208));
  libc().adjtimex(ptr(timex.buffer));
  return timex.getInt32(40, true);
}

function mayAdjust(): boolean {
  writeStatus(before & ~STA_UNSYNC);
  const clock = readClock();
  const works = clock.ok && clock.value.isSynchronised;
  writeStatus(before);
  return works;
}

function libc() {
  return dlopen("libc.so.6", { adjtimex: { args: ["ptr"], returns: "int" } }).symbols;
}
