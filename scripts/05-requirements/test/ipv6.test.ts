import { expect, test } from "bun:test";
import { join } from "node:path";
import { failed, passed, runCheck, testAsRoot } from "./run-check.ts";

const MET = "IPv6: a dual-stack socket (AF_INET6) opens";

test("a kernel with IPv6 passes", async () => {
  expect(await runCheck("ipv6")).toEqual(passed(MET));
});

testAsRoot("no address of IPv6 is needed", async () => {
  const shell = 'sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip link set lo up; "$@"';
  expect(await runCheck("ipv6", { inside: ["unshare", "--net"], shell })).toEqual(passed(MET));
});

test("a kernel without IPv6 fails", async () => {
  const inside = [process.execPath, join(import.meta.dir, "without-ipv6.ts")];
  expect(await runCheck("ipv6", { inside })).toEqual(
    failed(
      "ipv6",
      "cannot open a dual-stack socket (AF_INET6): EAFNOSUPPORT. " +
        "Enable IPv6 in the node's kernel: remove ipv6.disable=1 from its command line (or the blacklisting of the module ipv6) and reboot. " +
        "No IPv6 address or route is needed.",
    ),
  );
});

test("ports are tried without IPv6 too", async () => {
  const inside = [process.execPath, join(import.meta.dir, "without-ipv6.ts")];
  const env = { STORAGEOS_PORTS: "20001,20002/udp", STORAGEOS_VOLUME_PORTS: "20003-20005" };
  expect(await runCheck("ports", { inside, env })).toEqual(
    passed("2 ports and 3 for shared volumes free"),
  );
});
