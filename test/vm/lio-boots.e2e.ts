import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Boot, type Vm, bootVm, createDisk } from "./vm.ts";

setDefaultTimeout(600_000);

let vm: Vm | undefined;
async function boot(options: Boot): Promise<Vm> {
  vm = await bootVm(options);
  return vm;
}
afterEach(async () => {
  await vm?.stop();
  vm = undefined;
});

test("after a power cut and a boot the modules are there before the program runs", async () => {
  const directory = mkdtempSync(join(tmpdir(), "storageos-init-disk-"));
  const disk = join(directory, "disk.raw");
  try {
    await createDisk(disk, 64, "ext4");
    const files = {
      "vm/boot": `#!/bin/bash
        modprobe -a virtio_pci virtio_blk ext4
        mkdir /disk
        mount -t ext4 /dev/vda /disk
        mkdir -p /disk/modules-load.d
        mount --bind /disk/modules-load.d /etc/modules-load.d`,
    };
    const first = await boot({ disk, files });
    expect((await first.run("prepare")).status).toBe(0);
    await first.stop();

    const second = await boot({ disk, files });
    const before = await second.run(
      "cat /sys/module/{configfs,tcm_loop,target_core_{mod,file,user},uio}/initstate",
    );
    expect(before.stdout).toBe("live\n".repeat(6));
    const run = await second.run("prepare");
    expect(run.stdout).not.toContain("loaded\n");
    expect(run.stdout).toContain("storageos-lio.conf unchanged\n");
    expect(run.status).toBe(0);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("under lockdown signed modules are loaded, unsigned and altered ones are told", async () => {
  const machine = await boot({ cmdline: "lockdown=integrity" });
  const module = "/lib/modules/$(uname -r)/kernel/drivers/target/loopback/tcm_loop.ko";
  await machine.run("restore-modules");
  expect((await machine.run("prepare")).status).toBe(0);

  await machine.run(`unload-lio; echo >>${module}`);
  const unsigned = await machine.run("prepare");
  expect(unsigned.status).toBe(1);
  expect(unsigned.stderr).toContain(
    `cannot load kernel module tcm_loop: the kernel does not accept its signature: lockdown is integrity ("modprobe: ERROR: could not insert 'tcm_loop': Operation not permitted"; kernel log: "Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7"). Use the distribution's own kernel and modules, or enrol the key that signed them (mokutil --import), or turn Secure Boot and lockdown off\n`,
  );

  await machine.run(
    `unload-lio; restore-modules; printf x | dd of=${module} bs=1 seek=5000 conv=notrunc`,
  );
  const altered = await machine.run("prepare");
  expect(altered.status).toBe(1);
  expect(altered.stderr).toContain(
    `cannot load kernel module tcm_loop: the kernel does not accept its signature: lockdown is integrity ("modprobe: ERROR: could not insert 'tcm_loop': Key was rejected by service").`,
  );
});

test("forbidden on the kernel command line", async () => {
  const machine = await boot({ cmdline: "module_blacklist=tcm_loop,uio" });
  const run = await machine.run("prepare");
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(
    `cannot load kernel modules tcm_loop, uio: the kernel command line forbids it ("module_blacklist=tcm_loop,uio"). Remove it from the boot loader's configuration and reboot the node\n`,
  );
});
