import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { waitFor } from "../../../test/wait-for.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { describeWaits, lookAtWaits, type WaitingProcess } from "./waits.ts";

const of = (pid: number, state: string, wchan: string, command = "dd"): WaitingProcess => ({
  pid,
  command,
  state,
  wchan,
});

test.each<readonly [string, readonly WaitingProcess[]]>([
  ["", []],
  [
    "pid 9 (dd) waits in the kernel, as for a disk or a mount (D, io_schedule); pid 4 (sh) sleeps (S, do_wait)",
    [of(4, "S", "do_wait", "sh"), of(9, "D", "io_schedule")],
  ],
  ["pid 5 (dd) runs (R)", [of(5, "R", "")]],
  [
    "pid 9 (dd) is stopped (T); pid 8 (dd) sleeps (S, pipe_read); pid 7 (dd) sleeps (S, pipe_read); 2 more",
    [
      of(5, "S", "do_wait"),
      of(6, "S", "do_wait"),
      of(7, "S", "pipe_read"),
      of(8, "S", "pipe_read"),
      of(9, "T", ""),
    ],
  ],
])("%s", (expected, processes) => {
  expect(describeWaits(processes)).toBe(expected);
});

test("a real process that sleeps", async () => {
  const child = Bun.spawn(["sleep", "1000"]);
  const isAsleep = (): boolean => / S /.test(readFileSync(`/proc/${child.pid}/stat`, "utf8"));
  await waitFor(isAsleep, "sleep(1) to sleep");
  expect(describeWaits(lookAtWaits([child.pid, 0x7fff_fff0]))).toMatch(
    new RegExp(`^pid ${child.pid} \\(.*sleep 1000.*\\) sleeps \\(S`),
  );
  child.kill();
  await child.exited;
});

test("what runs long is reported each time the interval has passed, whether it prints or not", async () => {
  const reports: number[] = [];
  const heartbeat = startHeartbeat(
    { onSilence: () => undefined, onLong: (ms) => reports.push(ms) },
    { silenceMs: 20, longMs: 50 },
  );
  const printing = setInterval(heartbeat.onOutput, 5);
  await waitFor(() => reports.length >= 3, "three reports");
  clearInterval(printing);
  heartbeat.end();
  const [first = 0, second = 0, third = 0] = reports;
  expect(first).toBeGreaterThanOrEqual(45);
  expect(second - first).toBeGreaterThan(0);
  expect(third).toBeGreaterThanOrEqual(145);
});
