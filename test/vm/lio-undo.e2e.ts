/** init undo of enable-lio on a real kernel: the node is as before, file by file and module by module. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { type Vm, bootVm } from "./vm.ts";

setDefaultTimeout(600_000);

let vm: Vm;
beforeEach(async () => {
  vm = await bootVm({});
  await vm.run("restore-modules");
});
afterEach(async () => {
  await vm.stop();
});

const NODE = `lsmod | awk '{print $1, $3, $4}' | sort; cut -d' ' -f4- /proc/self/mountinfo | sort
  find /etc -xdev -exec stat -c '%n %F %i %s %a %U' {} + | sort
  find /etc -xdev -type f -exec sha256sum {} + | sort`;

/** The state directory of a node, which a mount keeps from one container to the next. */
const UNDO = "container /init undo -scripts=/scripts/01-lio --termination-log=/run/termination-log";

test("what a run changed is taken back, and a second undo does nothing", async () => {
  const before = (await vm.run(NODE)).stdout;
  expect((await vm.run("prepare")).status).toBe(0);
  expect((await vm.run(NODE)).stdout).not.toBe(before);
  const undone = await vm.run(UNDO);
  expect(undone.status).toBe(0);
  for (const line of [
    "/etc/modules-load.d/storageos-lio.conf removed",
    "target/loopback removed",
    "module tcm_loop: unloaded",
    "module target_core_mod: unloaded",
    "configfs unmounted from /sys/kernel/config",
    "module configfs: unloaded",
  ])
    expect(undone.stdout).toContain(`${line}\n`);
  expect((await vm.run(NODE)).stdout).toBe(before);
  const again = await vm.run(UNDO);
  expect(again).toMatchObject({ status: 0, stdout: "" });
  expect(again.stderr).toContain("undo: 1 skipped");
  expect((await vm.run("prepare")).status).toBe(0);
});

test("what others loaded, mounted and changed stays", async () => {
  await vm.run(`modprobe -a configfs target_core_mod
    mount -t configfs configfs /sys/kernel/config`);
  const before = (await vm.run(NODE)).stdout;
  expect((await vm.run("prepare")).status).toBe(0);
  await vm.run("echo '# mine' >>/etc/modules-load.d/storageos-lio.conf");
  const undone = await vm.run(UNDO);
  expect(undone.status).toBe(0);
  expect(undone.stdout).toContain(
    "/etc/modules-load.d/storageos-lio.conf was changed since it was written, and stays\n",
  );
  expect(undone.stdout).not.toContain("target_core_mod");
  expect((await vm.run("rm /etc/modules-load.d/storageos-lio.conf")).status).toBe(0);
  expect((await vm.run(NODE)).stdout).toBe(before);
});

test("what is in use stays loaded, and that is a warning", async () => {
  expect((await vm.run("prepare")).status).toBe(0);
  const name = "naa.5001405000000001";
  await vm.run(`mkdir -p /sys/kernel/config/target/loopback/${name}/tpgt_1`);
  const undone = await vm.run(UNDO);
  expect(undone.status).toBe(0);
  expect(undone.stderr).toMatch(
    /cause: cannot take Linux-IO out of the kernel: kernel modules .*tcm_loop.* in use.* \(LioStillInUse\)/,
  );
  expect((await vm.run("ls /etc/modules-load.d")).stdout).toBe("");
  expect((await vm.run("cat /sys/module/tcm_loop/initstate")).stdout).toBe("live\n");
});

test("after a reboot only the file is left to take back", async () => {
  expect((await vm.run("prepare")).status).toBe(0);
  // As if it were the boot after: the note says another boot.
  await vm.run(
    `sed -i 's/"bootId":"[^"]*"/"bootId":"00000000-0000-0000-0000-000000000000"/' /var/lib/storageos/init/enable-lio.json`,
  );
  const undone = await vm.run(UNDO);
  expect(undone).toMatchObject({
    status: 0,
    stdout: "/etc/modules-load.d/storageos-lio.conf removed\n",
  });
  expect((await vm.run("cat /sys/module/tcm_loop/initstate")).stdout).toBe("live\n");
});
