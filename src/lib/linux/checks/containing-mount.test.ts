import { expect, test } from "bun:test";
import { containingMount, peerGroup } from "./containing-mount.ts";
import { parseMountinfo } from "../mountinfo.ts";

const mounts = parseMountinfo(`\
21 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw
22 21 0:5 / /proc rw shared:12 - proc proc rw
30 21 8:2 / /var/lib rw shared:1 master:7 - xfs /dev/sdb rw
31 30 8:3 / /var/lib/storage rw master:1 - ext4 /dev/sdc rw
32 31 8:4 / /var/lib/storage rw - ext4 /dev/sdd rw
`);
const idOf = (path: string) => containingMount(mounts, path)?.id;

test("a path is on the innermost mount", () => {
  expect(idOf("/etc")).toBe(21);
  expect(idOf("/")).toBe(21);
  expect(idOf("/var/lib")).toBe(30);
  expect(idOf("/var/lib/kubelet")).toBe(30);
});

test("a name that only begins alike is not below", () => {
  expect(idOf("/var/library")).toBe(21);
  expect(idOf("/var/lib/storage2")).toBe(30);
});

test("of two mounts on one point the later is seen", () => {
  expect(idOf("/var/lib/storage/data")).toBe(32);
});

test("only a shared mount has a peer group", () => {
  expect(mounts.map(peerGroup)).toEqual(["1", "12", "1", undefined, undefined]);
});
