import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { bootVm, type Vm } from "./vm.ts";

setDefaultTimeout(600_000);

const TYPESCRIPT = `#!/usr/bin/env bun
const words: string[] = ["typescript", "x".repeat(1000).replaceAll("x", "é").toUpperCase()];
console.log(words[0], Buffer.from(words.join()).toString("base64").length);
`;

let vm: Vm;
beforeAll(async () => {
  // 2008: SSE4.2, no AVX. What is asked of amd64 nodes is no more than that.
  const files = {
    "image/own/01-shell": "#!/bin/sh\necho shell\n",
    "image/own/02-typescript.ts": TYPESCRIPT,
  };
  vm = await bootVm({ cpu: "Nehalem", files });
});
afterAll(async () => {
  await vm.stop();
});

test("a CPU without AVX runs the program, and scripts on its runtime", async () => {
  expect((await vm.run("grep -cw -e avx -e avx2 /proc/cpuinfo")).stdout).toBe("0\n");
  const run = await vm.run("/vm/container /init -scripts=/own");
  expect(run.stdout).toBe("shell\ntypescript 2684\n");
  expect(run.stderr).toContain("prepared: 2 scripts in ");
  expect(run.status).toBe(0);
});
