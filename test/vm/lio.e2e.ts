import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
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

/** What a second run must leave as it is. */
const STATE = `lsmod | sort; cat /proc/self/mountinfo
  stat -c '%n %i %y %z' /etc/modules-load.d /etc/modules-load.d/* /sys/kernel/config/target/{core,loopback}`;

test("a fresh node: all modules live, configfs mounted, loaded at boot", async () => {
  await vm.run(`mv /image/sbin/modprobe /image/sbin/modprobe.real
    printf '#!/bin/bash\\necho "$@" >>/tmp/modprobe.log\\nexec -a modprobe /bin/kmod "$@"\\n' >/image/sbin/modprobe
    chmod +x /image/sbin/modprobe`);
  const run = await vm.run("prepare");
  expect(run.stdout).toBe(`module configfs: loaded
module target_core_mod: loaded
module tcm_loop: loaded
module target_core_file: loaded
module uio: loaded
module target_core_user: loaded
configfs mounted at /sys/kernel/config
loaded at boot: /etc/modules-load.d/storageos-lio.conf written
Linux-IO is ready: target/core and target/loopback are there
`);
  expect(run.status).toBe(0);
  const node = await vm.run(`cat /sys/module/{configfs,target_core_mod,tcm_loop}/initstate
    cat /sys/module/{target_core_file,uio,target_core_user}/initstate
    grep /sys/kernel/config /proc/1/mounts; cat /etc/modules-load.d/storageos-lio.conf
    wc -l </image/tmp/modprobe.log; container touch /lib/modules/x`);
  expect(node.stdout)
    .toBe(`${"live\n".repeat(6)}configfs /sys/kernel/config configfs rw,nosuid,nodev,noexec,relatime 0 0
# Written by storageos-init: the Linux-IO modules that StorageOS needs.
configfs
target_core_mod
tcm_loop
target_core_file
uio
target_core_user
6
`);
  expect(node.stderr).toContain("touch: /lib/modules/x: Read-only file system");
});

test("a second run changes nothing and starts no process", async () => {
  const before = await vm.run(STATE);
  await vm.run("rm /image/tmp/modprobe.log");
  const run = await vm.run("prepare");
  expect(run.stdout).toContain("storageos-lio.conf unchanged\n");
  expect(run.status).toBe(0);
  expect((await vm.run(STATE)).stdout).toBe(before.stdout);
  expect((await vm.run("ls /image/tmp")).stdout).toBe("");
});

test("a LUN made through tcm_loop is a disk that keeps what is written", async () => {
  const run = await vm.run("lun-check");
  expect(run).toEqual({
    status: 0,
    stderr: "",
    stdout: `disk sda: LIO-ORG  FILEIO           32768 sectors
1 MiB written to the disk, read back from it and from its file: the same
`,
  });
});
