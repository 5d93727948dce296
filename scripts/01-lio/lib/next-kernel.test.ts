import { afterEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { makeHost, RELEASE } from "../../../test/host-fixture.ts";
import { kernelModule, type Need } from "../../../src/lib/linux/modules/known.ts";
import { compareReleases, lookAtNextKernel } from "./next-kernel.ts";

const NEEDS: readonly Need[] = ["configfs", "tcm_loop"].map((name) => {
  return { ...kernelModule(name), mandatory: true, requires: [] };
});
const OPTIONAL: Need = { ...kernelModule("uio"), mandatory: false, requires: [] };
const OS = { "etc/os-release": 'ID=ubuntu\nPRETTY_NAME="Ubuntu 22.04"\n' };

let root = "";
afterEach(() => rmSync(root, { recursive: true }));

/** A host with the running kernel, and others with these indexes. */
function look(
  kernels: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
) {
  const indexes = Object.entries({ [RELEASE]: "kernel/tcm_loop.ko:\n", ...kernels });
  const files = indexes.map(([release, text]) => [`lib/modules/${release}/modules.dep`, text]);
  const host = makeHost({
    ...OS,
    ...more,
    ...(Object.fromEntries(files) as Record<string, string>),
  });
  ({ root } = host);
  return lookAtNextKernel(host, [...NEEDS, OPTIONAL]);
}

test("a newer kernel without its extra modules is told, with the package", () => {
  const found = look({ "6.1.0-100-amd64": "kernel/fs/configfs/configfs.ko.zst:\n" });
  expect(found?.code).toBe("NextKernelLacksModules");
  expect(found?.cause).toBe(
    `kernel 6.1.0-100-amd64 is installed and boots next, and has no module tcm_loop (kernel ${RELEASE} runs)`,
  );
  expect(found?.fix).toContain("6.1.0-100-amd64");
});

test("one that has them, or has them built in, is good", () => {
  const dep = "kernel/configfs.ko:\nkernel/tcm_loop.ko.xz: kernel/configfs.ko\n";
  expect(look({ "6.2.0-1": dep })).toBeUndefined();
  rmSync(root, { recursive: true });
  const builtIn = { "lib/modules/6.2.0-1/modules.builtin": "kernel/fs/configfs/configfs.ko\n" };
  expect(look({ "6.2.0-1": "kernel/tcm_loop.ko:\n" }, builtIn)).toBeUndefined();
});

test("older kernels, and directories without an index, do not boot next", () => {
  expect(look({ "6.1.0-9-amd64": "" }, { "lib/modules/6.9.0/build": "" })).toBeUndefined();
});

test("of several the newest counts", () => {
  const good = "kernel/configfs.ko:\nkernel/tcm_loop.ko:\n";
  expect(look({ "6.1.0-100": "", "6.1.0-101": good })).toBeUndefined();
});

test("releases compare by their numbers", () => {
  root = makeHost({}).root;
  const order = [
    "5.4.209-116.367.amzn2",
    "5.4.219-126.411.amzn2",
    "5.15.0-9",
    "5.15.0-10",
    "6.1.0",
  ];
  expect(order.toReversed().toSorted(compareReleases)).toEqual(order);
});
