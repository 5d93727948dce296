import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { keyOfWording } from "./wording-key.ts";

const place = { node: "worker-a.example.com", pod: "storageos-daemonset-x7k2p" };

function key(text: string): string {
  return keyOfWording(text, place);
}

function told(node: string, pod: string): string {
  const text = `${node}: pod ${pod} on ${node.split(".")[0]} has no disk`;
  return keyOfWording(text, { node, pod });
}

describe("wordings that fall together", () => {
  const pairs: readonly (readonly [string, string])[] = [
    ["kernel 5.4.0-42-generic", "kernel 4.18.0-305.el8.x86_64"],
    ["install linux-modules-extra-5.4.0-42-generic", "install linux-modules-extra-6.8.0-1008-aws"],
    ["needs 32768, has 4096", "needs 32768, has 512"],
    ["2.5 GiB free of 10 GiB", "300 MiB free of 2 GiB"],
    ["no answer within 30s", "no answer within 1m30s"],
    ["10.0.3.17:5703 is taken by pid 4711", "10.0.0.9:5703 is taken by pid 99"],
    [
      "/var/lib/kubelet/pods/0b1f2c3d-1111-2222-3333-444455556666/volumes",
      "/var/lib/kubelet/pods/9a8b7c6d-aaaa-bbbb-cccc-ddddeeee0000/volumes",
    ],
    ["cannot write /tmp/tmp.aB3xZ9", "cannot write /tmp/tmp.QwErTy"],
    ["address 0xffff888", "address 0xabc0000"],
    ["commit 3f2a9c1", "commit 77aa01b"],
    ["version v2.4.4 is too old", "version 2.3.0-rc1 is too old"],
    ["Module  uio missing", "module uio missing"],
    ["/dev/sdb has no partition", "/dev/sdc has no partition"],
    ["/dev/nvme0n1p1: read-only", "/dev/nvme12n1p2: read-only"],
    ["disk sdaa is full", "disk sdb is full"],
    ["[2001:db8::1]:2379 refuses", "[2001:db8::2]:2379 refuses"],
    ["clock at 12:34:56", "clock at 01:02:03"],
  ];
  for (const [a, b] of pairs) test(`${a} · ${b}`, () => expect(key(a)).toBe(key(b)));

  test("but for the names of node and pod", () => {
    expect(told("alpha.example.com", "set-abcde")).toBe(told("bravo.example.com", "set-vwxyz"));
  });
});

describe("wordings that stay apart", () => {
  const pairs: readonly (readonly [string, string])[] = [
    ["exit status 1", "exit status 127"],
    ["Module tcm_loop not found", "Module uio not found"],
    ["connection refused", "connection timed out"],
    ["no etcd at example.com", "no DNS for example.com"],
    ["port 5701 is used by etcd", "port 2379 is used by etcd"],
    ["ports 5701, 5703 are used", "ports 5701, 5704 are used"],
    ["10.0.0.1:5701 is in use", "10.0.0.1:5703 is in use"],
    ["HTTP 403 from the registry", "HTTP 500 from the registry"],
    ["killed by signal 9", "killed by signal 15"],
    ["ext3 is not supported", "ext4 is not supported"],
    ["needs cgroup v1", "needs cgroup v2"],
    ["no IPv4 address", "no IPv6 address"],
  ];
  for (const [a, b] of pairs) test(`${a} · ${b}`, () => expect(key(a)).not.toBe(key(b)));
});

test("numbers never part two wordings, whatever stands around them", () => {
  const word = fc
    .stringMatching(/^[g-z]{1,8}$/)
    .filter((text) => !/^(ms|s|m|h|x|v|ports?|http|lun)$/.test(text));
  const number = fc.integer({ min: 0, max: 1e9 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), number, number, (words, a, b) => {
      expect(key(words.join(` ${a}, `))).toBe(key(words.join(` ${b}, `)));
    }),
  );
});

test("a key is found in no time for any text that a message may hold", () => {
  fc.assert(fc.property(fc.string({ maxLength: 1024, unit: "binary" }), (text) => void key(text)));
  for (const part of ["a1", "1.", "1m", "0x", "f-", "/tmp/", "exit status 1"])
    key(part.repeat(512));
});
