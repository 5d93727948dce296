import { afterEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { type ModuleState, moduleState } from "./modules.ts";
import { RELEASE, makeHost } from "../../../../test/host-fixture.ts";

let root = "";
afterEach(() => {
  rmSync(root, { recursive: true });
});

function stateOn(files: Record<string, string | Uint8Array>): ModuleState {
  const host = makeHost(files);
  ({ root } = host);
  return moduleState(host, { name: "target_core_mod", option: "CONFIG_TARGET_CORE" });
}

const BUILTIN = `lib/modules/${RELEASE}/modules.builtin`;

test.each<[string, Record<string, string | Uint8Array>, ModuleState]>([
  ["initstate says live", { "sys/module/target_core_mod/initstate": "live\n" }, "live"],
  ["initstate says coming", { "sys/module/target_core_mod/initstate": "coming\n" }, "coming"],
  ["a directory without initstate", { "sys/module/target_core_mod/uevent": "" }, "built-in"],
  [
    "modules.builtin, with -",
    { [BUILTIN]: "kernel/drivers/target/target-core-mod.ko\n" },
    "built-in",
  ],
  ["modules.builtin of a longer name", { [BUILTIN]: "kernel/a/target_core_mod2.ko\n" }, "absent"],
  [
    "config.gz =y",
    { "proc/config.gz": Bun.gzipSync(Buffer.from("CONFIG_TARGET_CORE=y\n")) },
    "built-in",
  ],
  [
    "config.gz =m",
    { "proc/config.gz": Bun.gzipSync(Buffer.from("CONFIG_TARGET_CORE=m\n")) },
    "absent",
  ],
  ["a config.gz that is none", { "proc/config.gz": "CONFIG_TARGET_CORE=y\n" }, "absent"],
  ["nothing", {}, "absent"],
])("%s", (_, files, state) => {
  expect(stateOn(files)).toBe(state);
});
