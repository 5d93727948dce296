import { describe, expect, test } from "bun:test";
import type { NetworkInterfaceInfo } from "node:os";
import { namesOf, orderAddresses, ownAddresses } from "./own-addresses.ts";

const whole4 = "255.255.255.255";
const whole6 = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
const at = (address: string, netmask = "255.255.255.0", internal = false): NetworkInterfaceInfo =>
  ({ address, netmask, internal }) as NetworkInterfaceInfo;

describe("addresses", () => {
  test("come in the order of their likelihood", () => {
    const interfaces = {
      lo: [at("127.0.0.1", "255.0.0.0", true), at("::1", whole6, true)],
      "flannel.1": [at("10.42.0.0", whole4)],
      docker0: [at("172.17.0.1", "255.255.0.0")],
      eth0: [at("192.0.2.7"), at("fd00::7", "ffff:ffff:ffff:ffff::"), at("fe80::1")],
      tunnel: [at("fd01::1", whole6), at("169.254.25.10", whole4)],
    };
    expect(orderAddresses(interfaces, "192.0.2.7")).toEqual([
      "192.0.2.7",
      "172.17.0.1",
      "fd00::7",
      "10.42.0.0",
      "fd01::1",
    ]);
    expect(orderAddresses(interfaces, undefined)[0]).toBe("172.17.0.1");
    expect(orderAddresses(interfaces, "127.0.0.1")[0]).toBe("172.17.0.1");
  });

  test("are eight at most, however many a service proxy has", () => {
    const services = Array.from({ length: 900 }, (_, index) => at(`10.96.0.${index}`, whole4));
    const addresses = orderAddresses({ "kube-ipvs0": services, eth0: [at("192.0.2.7")] }, "x");
    expect(addresses.length).toBe(8);
    expect(addresses[0]).toBe("192.0.2.7");
  });

  test("of this machine are found whatever the server's address is", async () => {
    for (const server of ["https://127.0.0.1:443", "https://[::1]:443", "https://api.invalid"]) {
      const addresses = await ownAddresses(server);
      expect(addresses).not.toContain("127.0.0.1");
      expect(addresses).not.toContain("::1");
    }
  });
});

test.each([
  ["node-1", "", ["node-1"]],
  ["Node-1", "127.0.0.1 localhost node-1\n", ["node-1"]],
  ["node-1.example.org", "", ["node-1.example.org", "node-1"]],
  [
    "node-1",
    "# node-1.wrong node-1\n127.0.1.1\tNode-1.example.org node-1 # ours\n10.0.0.9 node-1.other",
    ["node-1", "node-1.example.org"],
  ],
])("a host named %s may be a node named as in %j", (host, hosts, names) => {
  expect(namesOf(host, hosts)).toEqual(names);
});
