import { afterEach, expect, test } from "bun:test";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeHost, RELEASE } from "../../../../test/host-fixture.ts";
import { wordOf } from "./word.ts";
import { missingDirectory } from "./missing.ts";
import { kernelModule } from "./known.ts";

let root = "";
afterEach(() => rmSync(root, { recursive: true }));

/** Advice in a container that does not see the host's root, with /lib a link to /usr/lib. */
function adviceFor(mounted: string | undefined): { cause: string; fix: string } | undefined {
  const host = makeHost({ "proc/self/mountinfo": "" });
  ({ root } = host);
  mkdirSync(join(root, "usr/lib/modules"), { recursive: true });
  symlinkSync("usr/lib", join(root, "lib"));
  if (mounted !== undefined) {
    const line = `99 95 254:0 /lib/modules ${join(root, mounted)} ro - ext4 /dev/vda rw\n`;
    writeFileSync(join(root, "proc/self/mountinfo"), line);
  }
  const module = kernelModule("tcm_loop");
  const seen = { ...host, root: "/" };
  const found = missingDirectory({ host: seen, module, indexed: undefined, stderr: "", log: [] });
  if (found === undefined) return undefined;
  const { cause, fix } = wordOf(found, "tcm_loop");
  return { cause: cause.replaceAll(root, ""), fix };
}

test("a directory that is not mounted is to be mounted", () => {
  for (const mounted of [undefined, "usr/lib/modules/other"]) {
    expect(adviceFor(mounted)).toEqual({
      cause: `cannot load kernel module tcm_loop: /lib/modules/${RELEASE} is missing, and no other kernel's modules are there`,
      fix: `Mount the node's /lib/modules into the init container; outside of one, reinstall the modules of kernel ${RELEASE}`,
    });
    rmSync(root, { recursive: true });
  }
  mkdirSync(root);
});

test("one that is mounted and empty is not", () => {
  expect(adviceFor("usr/lib/modules")).toEqual({
    cause: `cannot load kernel module tcm_loop: /lib/modules/${RELEASE} is missing: the node's own directory, which is mounted at /lib/modules, holds no kernel modules`,
    fix: `Install the modules of kernel ${RELEASE} on the node`,
  });
});
