import { afterEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { readKernelLog, uptimeMs } from "./kernel-log.ts";
import { makeHost } from "../../../../test/host-fixture.ts";

let root = "";
afterEach(() => {
  rmSync(root, { recursive: true });
});

const KMSG = `6,100,1000000,-;an old line
4,101,59500000,-;tcm_loop: Unknown symbol a; b (err -2)
 SUBSYSTEM=module
4,102,60000000,c;the last line
`;

test("gives what was logged since, without properties", () => {
  const host = makeHost({ "proc/uptime": "60.25 100.0\n", "dev/kmsg": KMSG });
  ({ root } = host);
  expect(readKernelLog(host, uptimeMs(host))).toEqual([
    "tcm_loop: Unknown symbol a; b (err -2)",
    "the last line",
  ]);
  expect(readKernelLog(host, 0)).toHaveLength(3);
});

test("is empty where the kernel's log cannot be read", () => {
  const host = makeHost({ x: "" });
  ({ root } = host);
  expect(readKernelLog(host, uptimeMs(host))).toEqual([]);
});
