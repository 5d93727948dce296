import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { parseMemberships, pathBelow, readCgroupLimits } from "./cgroups.ts";
import { withRoot, type Files } from "../test/cgroup-fixture.ts";
import { cgroup1, cgroup2, mount1, mount2, root1, root2 } from "../test/cgroup-fixture.ts";

const POD = "/kubepods.slice/kubepods-pod1234.slice";
const SELF = "/proc/self";

function read(files: Files, hostRoot = "/") {
  return withRoot(files, (root) => readCgroupLimits({ root, hostRoot, pid: 4711 }));
}

test("version 2: every cgroup from the process's own up to the root", () => {
  const found = read({
    [`${SELF}/cgroup`]: `0::${POD}/c.scope\n`,
    [`${SELF}/mountinfo`]: mount2("/", "/sys/fs/cgroup"),
    ...root2("/sys/fs/cgroup"),
    ...cgroup2("/sys/fs/cgroup/kubepods.slice", "127000"),
    ...cgroup2(`/sys/fs/cgroup${POD}`, "4096"),
    ...cgroup2(`/sys/fs/cgroup${POD}/c.scope`, "max"),
  });
  expect(found).toEqual({
    limits: [
      { file: `/sys/fs/cgroup${POD}/c.scope/pids.max`, value: "unlimited" },
      { file: `/sys/fs/cgroup${POD}/pids.max`, value: 4096 },
      { file: "/sys/fs/cgroup/kubepods.slice/pids.max", value: 127000 },
    ],
    unseen: [],
  });
});

test("version 2: a cgroup without the pids controller has no limit", () => {
  const found = read({
    [`${SELF}/cgroup`]: "0::/user.slice\n",
    [`${SELF}/mountinfo`]: mount2("/", "/sys/fs/cgroup"),
    ...root2("/sys/fs/cgroup"),
    "/sys/fs/cgroup/user.slice/cgroup.procs": "4711\n",
    "/sys/fs/cgroup/user.slice/cgroup.events": "",
  });
  expect(found).toEqual({ limits: [], unseen: [] });
});

test("version 1: controllers mounted together", () => {
  const found = read({
    [`${SELF}/cgroup`]: "5:cpu,cpuacct,pids:/a\n1:name=systemd:/b\n",
    [`${SELF}/mountinfo`]:
      mount1("/", "/sys/fs/cgroup/systemd", "xattr,name=systemd") +
      mount1("/", "/sys/fs/cgroup/cpu,cpuacct,pids", "cpu,cpuacct,pids"),
    ...root1("/sys/fs/cgroup/systemd"),
    "/sys/fs/cgroup/systemd/a/cgroup.procs": "4711\n",
    ...root1("/sys/fs/cgroup/cpu,cpuacct,pids"),
    ...cgroup1("/sys/fs/cgroup/cpu,cpuacct,pids/a", "100"),
  });
  expect(found).toEqual({
    limits: [{ file: "/sys/fs/cgroup/cpu,cpuacct,pids/a/pids.max", value: 100 }],
    unseen: [],
  });
});

test("hybrid: the pids controller is in its version 1 hierarchy", () => {
  const found = read({
    [`${SELF}/cgroup`]: "8:pids:/one\n1:name=systemd:/two\n0::/two\n",
    [`${SELF}/mountinfo`]:
      mount2("/", "/sys/fs/cgroup/unified") + mount1("/", "/sys/fs/cgroup/pids", "pids"),
    ...root2("/sys/fs/cgroup/unified"),
    ...cgroup2("/sys/fs/cgroup/unified/two", "7"),
    ...root1("/sys/fs/cgroup/pids"),
    ...cgroup1("/sys/fs/cgroup/pids/one", "2048"),
  });
  expect(found).toEqual({
    limits: [{ file: "/sys/fs/cgroup/pids/one/pids.max", value: 2048 }],
    unseen: [],
  });
});

const privateNamespace: Files = {
  [`${SELF}/cgroup`]: "0::/\n",
  [`${SELF}/mountinfo`]: mount2("/", "/sys/fs/cgroup"),
  ...cgroup2("/sys/fs/cgroup", "1000", "4711\n"),
};

test("a private cgroup namespace: what is above is said to be unseen", () => {
  expect(read(privateNamespace)).toEqual({
    limits: [{ file: "/sys/fs/cgroup/pids.max", value: 1000 }],
    unseen: [
      "cannot see the limits of the cgroups above /sys/fs/cgroup: the view of this container ends there",
    ],
  });
});

const host: Files = {
  "/proc/1/mountinfo": mount2("/../../..", "/sys/fs/cgroup"),
  ...root2("/proc/1/root/sys/fs/cgroup"),
  ...cgroup2("/proc/1/root/sys/fs/cgroup/system.slice", "9", "1\n4710\n47110\n"),
  ...cgroup2("/proc/1/root/sys/fs/cgroup/kubepods.slice", "127000"),
  ...cgroup2(`/proc/1/root/sys/fs/cgroup${POD}`, "500"),
  ...cgroup2(`/proc/1/root/sys/fs/cgroup${POD}/c.scope`, "1000", "4700\n4711\n"),
};
const seenOnHost = {
  limits: [
    { file: `/proc/1/root/sys/fs/cgroup${POD}/c.scope/pids.max`, value: 1000 },
    { file: `/proc/1/root/sys/fs/cgroup${POD}/pids.max`, value: 500 },
    { file: "/proc/1/root/sys/fs/cgroup/kubepods.slice/pids.max", value: 127000 },
  ],
  unseen: [],
};

test("a private cgroup namespace with the host's process ids: the host's mount shows the rest", () => {
  expect(read({ ...privateNamespace, ...host }, "/proc/1/root")).toEqual(seenOnHost);
});

test("the host's /sys in a private cgroup namespace: the process is found by its id", () => {
  const files = {
    [`${SELF}/cgroup`]: "0::/\n",
    [`${SELF}/mountinfo`]: mount2("/../../..", "/proc/1/root/sys/fs/cgroup"),
    ...host,
  };
  expect(read(files)).toEqual(seenOnHost);
});

test("a process outside of its namespace's root ends with what is unseen", () => {
  const found = read({
    [`${SELF}/cgroup`]: "0::/../other\n",
    [`${SELF}/mountinfo`]: mount2("/", "/sys/fs/cgroup"),
    ...cgroup2("/sys/fs/cgroup", "1000"),
  });
  expect(found).toEqual({
    limits: [],
    unseen: [
      "cannot see the limit of this process's cgroup /../other: it is not found in /sys/fs/cgroup",
    ],
  });
});

test("version 1 with a container's own cgroup bound over the mount point", () => {
  const found = read({
    [`${SELF}/cgroup`]: "4:pids:/docker/abc\n",
    [`${SELF}/mountinfo`]: mount1("/docker/abc", "/sys/fs/cgroup/pids", "pids"),
    ...cgroup1("/sys/fs/cgroup/pids", "30"),
  });
  expect(found).toEqual({
    limits: [{ file: "/sys/fs/cgroup/pids/pids.max", value: 30 }],
    unseen: [
      "cannot see the limits of the cgroups above /sys/fs/cgroup/pids: the view of this container ends there",
    ],
  });
});

test("a slice that is not found", () => {
  const found = read({
    [`${SELF}/cgroup`]: "4:pids:/gone.slice\n",
    [`${SELF}/mountinfo`]: mount1("/", "/sys/fs/cgroup/pids", "pids"),
    ...root1("/sys/fs/cgroup/pids"),
    ...cgroup1("/sys/fs/cgroup/pids/other.slice", "30", "12\n"),
  });
  expect(found).toEqual({
    limits: [],
    unseen: [
      "cannot see the limit of this process's cgroup /gone.slice: it is not found in /sys/fs/cgroup/pids",
    ],
  });
});

test("a hierarchy that is not mounted", () => {
  const found = read({ [`${SELF}/cgroup`]: "0::/x\n", [`${SELF}/mountinfo`]: "" });
  expect(found).toEqual({
    limits: [],
    unseen: ["cannot see the limit of this process's cgroup /x: its hierarchy is not mounted"],
  });
});

test("a mount that a later one hides is not looked at", () => {
  const found = read({
    [`${SELF}/cgroup`]: "0::/x\n",
    [`${SELF}/mountinfo`]:
      mount2("/", "/sys/fs/cgroup") + "99 23 0:9 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n",
    ...cgroup2("/sys/fs/cgroup/x", "1"),
  });
  expect(found.limits).toEqual([]);
});

test("a kernel without cgroups limits nothing", () => {
  expect(read({})).toEqual({ limits: [], unseen: [] });
});

test("a pids.max that makes no sense is unseen, not unlimited", () => {
  const found = read({
    [`${SELF}/cgroup`]: "0::/x\n",
    [`${SELF}/mountinfo`]: mount2("/", "/sys/fs/cgroup"),
    ...root2("/sys/fs/cgroup"),
    ...cgroup2("/sys/fs/cgroup/x", "lots"),
  });
  expect(found).toEqual({
    limits: [],
    unseen: ['cannot read /sys/fs/cgroup/x/pids.max: "lots" is no number'],
  });
});

test("property: whatever limits a chain of cgroups has, all are read, innermost first", () => {
  const limit = fc.oneof(fc.constant("unlimited" as const), fc.nat({ max: 4194304 }));
  const name = fc.stringMatching(/^[a-z][a-z0-9:@ _.-]{0,8}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(name, limit), { maxLength: 6 }), (levels) => {
      const files: Record<string, string> = {};
      const expected = levels.map(([, value], depth) => {
        const names = levels.slice(0, depth + 1).map(([level]) => level);
        const directory = `/sys/fs/cgroup/${names.join("/")}`;
        Object.assign(files, cgroup2(directory, value === "unlimited" ? "max" : String(value)));
        return { file: `${directory}/pids.max`, value };
      });
      const found = read({
        [`${SELF}/cgroup`]: `0::/${levels.map(([level]) => level).join("/")}\n`,
        [`${SELF}/mountinfo`]: mount2("/", "/sys/fs/cgroup"),
        ...root2("/sys/fs/cgroup"),
        ...files,
      });
      expect(found).toEqual({ limits: expected.toReversed(), unseen: [] });
    }),
    { numRuns: 50 },
  );
});

test("memberships keep colons in a path and leave lines of another shape out", () => {
  expect(parseMemberships("4:cpu,pids:/a:b\n0::/\nnonsense\n1:name=x:/\n")).toEqual([
    { controllers: ["cpu", "pids"], path: "/a:b" },
    { controllers: [], path: "/" },
    { controllers: ["name=x"], path: "/" },
  ]);
});

test.each([
  ["/", "/", "/"],
  ["/", "/a/b", "/a/b"],
  ["/a", "/a/b", "/b"],
  ["/a", "/a", ""],
  ["/a", "/ab", undefined],
  ["/", "/../a", undefined],
  ["/../..", "/", undefined],
  ["/..", "/../..", undefined],
  ["/..", "/../a", "/a"],
])("below the mount root %p, %p is at %p", (mountRoot, path, below) => {
  expect(pathBelow(mountRoot, path)).toBe(below);
});
