import { expect, test } from "bun:test";
import { assert, property, string } from "fast-check";
import { parseMountinfo, readMounts } from "./mountinfo.ts";

test("reads every field of a line", () => {
  const line = String.raw`36 35 98:0 /mnt1 /mnt\0402 rw,noatime master:1 shared:7 - ext3 /dev/a\134b rw,errors=continue`;
  expect(parseMountinfo(`${line}\n`)).toEqual([
    {
      id: 36,
      parent: 35,
      device: "98:0",
      root: "/mnt1",
      mountPoint: "/mnt 2",
      options: ["rw", "noatime"],
      optionalFields: ["master:1", "shared:7"],
      fsType: "ext3",
      source: String.raw`/dev/a\b`,
      superOptions: ["rw", "errors=continue"],
    },
  ]);
});

test("a private mount with an empty source has neither optional fields nor a source", () => {
  const [mount] = parseMountinfo("30 1 0:22 / /run rw - tmpfs  rw\n");
  expect(mount?.optionalFields).toEqual([]);
  expect(mount?.source).toBe("");
});

test("lines of another shape are left out", () => {
  expect(parseMountinfo("\nnonsense\n1 2 3:4 / /x rw - ext4\n")).toEqual([]);
});

test("any mount point survives the kernel's escaping", () => {
  assert(
    property(string({ unit: "binary-ascii", minLength: 1 }), (name) => {
      const [mount] = parseMountinfo(`1 0 0:1 / /${escapeLikeKernel(name)} rw - tmpfs none rw`);
      expect(mount?.mountPoint).toBe(`/${name}`);
    }),
  );
});

test("this machine's own mounts include / and /proc", () => {
  const points = readMounts().map((mount) => mount.mountPoint);
  expect(points).toContain("/");
  expect(points).toContain("/proc");
});

function escapeLikeKernel(name: string): string {
  return name.replace(
    /[ \t\n\\#]/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
}
