import { afterEach, expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { loadAtBoot } from "./boot-modules.ts";
import { kernelModule, type Need } from "../../../src/lib/linux/modules/known.ts";
import { makeHost } from "../../../test/host-fixture.ts";

let root = "";
afterEach(() => {
  if (root !== "/") rmSync(root, { recursive: true });
});

function need(name: string): Need {
  return { ...kernelModule(name), mandatory: true, requires: [] };
}

const NEEDS = [need("configfs"), need("tcm_loop"), need("uio")];

const LIVE = { "sys/module/configfs/uevent": "", "sys/module/tcm_loop/initstate": "live\n" };

test("writes the live ones, not the built-in and absent ones, and once only", () => {
  const host = makeHost({ ...LIVE, "etc/modules-load.d/other.conf": "" });
  ({ root } = host);
  expect(loadAtBoot(host, NEEDS, true).line).toBe(
    "loaded at boot: /etc/modules-load.d/storageos-lio.conf written",
  );
  expect(readFileSync(`${root}/etc/modules-load.d/storageos-lio.conf`, "utf8")).toBe(
    "# Written by storageos-init: the Linux-IO modules that StorageOS needs.\ntcm_loop\n",
  );
  expect(loadAtBoot(host, NEEDS, true).line).toBe(
    "loaded at boot: /etc/modules-load.d/storageos-lio.conf unchanged",
  );
});

test("a node without the directory is said, not failed", () => {
  const host = makeHost(LIVE);
  ({ root } = host);
  expect(loadAtBoot(host, NEEDS, true).line).toBe(
    "not loaded at boot: the node has no /etc/modules-load.d",
  );
});

test("in a pod without hostPID the container's own /etc is left alone", () => {
  const host = makeHost(LIVE);
  ({ root } = host);
  expect(loadAtBoot({ ...host, root: "/" }, NEEDS, true).line).toBe(
    "not loaded at boot: the node's /etc is not reachable (the pod has no hostPID)",
  );
});

test("a kernel with all of them built in has nothing to load", () => {
  const host = makeHost({ "sys/module/configfs/uevent": "", "etc/modules-load.d/x": "" });
  ({ root } = host);
  expect(loadAtBoot(host, NEEDS, false).line).toBe(
    "nothing to load at boot: the kernel has all modules built in",
  );
});
