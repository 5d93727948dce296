/** A dry run of enable-lio on a real kernel: it shows what a run changes, and changes nothing. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type Vm, bootVm } from "./vm.ts";

setDefaultTimeout(600_000);

let vm: Vm;
beforeAll(async () => {
  vm = await bootVm({});
  await vm.run("restore-modules");
});
afterAll(async () => {
  await vm.stop();
});

/** The node as it stands: modules, mounts, and every file of /etc and of the state directory. */
const NODE = `lsmod | sort; cat /proc/self/mountinfo
  find /sys/kernel/config | sort
  find /etc /image/var/lib/storageos -xdev -exec stat -c '%n %F %i %s %y %z' {} + 2>/dev/null | sort
  find /etc -xdev -type f -exec sha256sum {} + | sort`;

async function dryRun(): Promise<{ readonly status: number; readonly changes: readonly string[] }> {
  const before = await vm.run(NODE);
  const { status, stderr } = await vm.run("prepare --dry-run");
  expect((await vm.run(NODE)).stdout).toBe(before.stdout);
  const changes = [...stderr.matchAll(/ would change: enable-lio\.ts: (.*)/g)].map(
    ([, change = ""]) => change,
  );
  return { status, changes };
}

test("a fresh node: each module, the mount, and the file", async () => {
  expect(await dryRun()).toEqual({
    status: 0,
    changes: [
      "load kernel module configfs",
      "load kernel module target_core_mod",
      "load kernel module tcm_loop",
      "load kernel module target_core_file",
      "load kernel module uio",
      "load kernel module target_core_user",
      "mount configfs at /sys/kernel/config",
      "make /sys/kernel/config/target/loopback",
      "write /etc/modules-load.d/storageos-lio.conf",
    ],
  });
});

test.each([
  ["blacklist tcm_loop", "echo blacklist tcm_loop >/etc/modprobe.d/x.conf", "ModuleForbidden"],
  [
    "a module file that is missing",
    "rm /lib/modules/$(uname -r)/kernel/drivers/target/loopback/tcm_loop.ko",
    "ModuleFileMissing",
  ],
  [
    "another file system in configfs's place",
    "mount -t tmpfs none /sys/kernel/config",
    "ConfigfsNotMounted",
  ],
])("what would fail, fails: %s", async (_, setup, code) => {
  await vm.run(`mkdir -p /sys/kernel/config; modprobe configfs; ${setup}`);
  expect(await dryRun()).toEqual({ status: 1, changes: [] });
  expect((await vm.run("tail -n1 /run/termination-log")).stdout).toContain(`"code":"${code}"`);
});
afterEach(async () => {
  await vm.run("umount /sys/kernel/config; unload-lio; restore-modules");
});

test("a newer kernel without its modules is a warning, in a run and in a dry run", async () => {
  const next = "/lib/modules/99.0.0-1-amd64";
  await vm.run(`mkdir ${next}; touch ${next}/modules.dep`);
  for (const command of ["prepare --dry-run", "prepare", "prepare"]) {
    const { status, stderr } = await vm.run(command);
    expect(status).toBe(0);
    expect(stderr).toContain(
      "kernel 99.0.0-1-amd64 is installed and boots next, and has no module",
    );
  }
  await vm.run(`rm -r ${next}`);
});

test("a prepared node has nothing to change", async () => {
  expect((await vm.run("prepare")).status).toBe(0);
  expect(await dryRun()).toEqual({ status: 0, changes: [] });
  expect((await vm.run("head -n1 /run/termination-log")).stdout).toMatch(/^dry run: 1 passed in /);
});
