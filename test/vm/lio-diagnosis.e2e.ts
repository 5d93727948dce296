import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type Vm, bootVm } from "./vm.ts";

setDefaultTimeout(600_000);

let vm: Vm;
let release: string;
/** The directories of the running kernel's modules, and of LIO's among them. */
let modules: string;
let target: string;
let reinstall: string;

beforeAll(async () => {
  vm = await bootVm({});
  await vm.run("restore-modules");
  release = (await vm.run("uname -r")).stdout.trim();
  modules = `/lib/modules/${release}`;
  target = `${modules}/kernel/drivers/target`;
  reinstall = `Run "apt-get install --reinstall linux-image-${release}" on the node`;
});
afterEach(async () => {
  await vm.run("unload-lio; restore-modules");
});
afterAll(async () => {
  await vm.stop();
});

/** Runs the preparation after `setup`; gives its exit status and the termination message's text. */
async function prepare(
  setup: string,
  command = "prepare",
): Promise<{ status: number; message: string }> {
  const { status } = await vm.run(`{ ${setup}\n} || exit 99; ${command}`);
  const { stdout } = await vm.run("cat /run/termination-log");
  return { status, message: stdout.slice(0, stdout.indexOf('\n{"v":1,')) };
}

/** @param text cause and fix, each a sentence; the fix is printed without a full stop */
function failure(text: string): { status: number; message: string } {
  return { status: 1, message: `enable-lio.ts: ${text.replace(/\.$/, "")}` };
}

test("a module file removed", async () => {
  expect(await prepare(`rm ${target}/loopback/tcm_loop.ko`)).toEqual(
    failure(
      `cannot load kernel module tcm_loop: ${target}/loopback/tcm_loop.ko is missing. ${reinstall}.`,
    ),
  );
});

test("a package that is not installed: no file and no entry in the index", async () => {
  const setup = `rm ${target}/target_core_mod.ko ${target}/loopback/tcm_loop.ko; depmod`;
  expect(await prepare(setup)).toEqual(
    failure(
      `cannot load kernel modules target_core_mod, tcm_loop: kernel ${release} has no such module in ${modules}. ${reinstall}.`,
    ),
  );
});

test("the kernel's configuration says that it is built without it", async () => {
  const setup = `rm ${target}/loopback/tcm_loop.ko; depmod
    mkdir -p /boot; echo '# CONFIG_LOOPBACK_TARGET is not set' >/boot/config-${release}`;
  expect(await prepare(setup)).toEqual(
    failure(
      `cannot load kernel module tcm_loop: kernel ${release} is built without it (CONFIG_LOOPBACK_TARGET is not set in /boot/config-${release}). Boot a kernel built with CONFIG_LOOPBACK_TARGET=m, such as the distribution's standard one.`,
    ),
  );
  await vm.run("rm -r /boot");
});

test("a module file that the index does not name", async () => {
  const setup = `cd ${target}/loopback; mv tcm_loop.ko /run; depmod; mv /run/tcm_loop.ko .`;
  expect(await prepare(setup)).toEqual(
    failure(
      `cannot load kernel module tcm_loop: ${target}/loopback/tcm_loop.ko exists, but ${modules}/modules.dep does not name it. Run "depmod -a ${release}" on the node.`,
    ),
  );
});

test("an index that modprobe cannot read", async () => {
  expect(await prepare(`rm ${modules}/modules.dep.bin`)).toEqual(
    failure(
      `cannot load kernel modules configfs, target_core_mod, uio: modprobe does not find in ${modules} what modules.dep names, so its index (modules.dep.bin) is missing or damaged. Run "depmod -a ${release}" on the node.`,
    ),
  );
});

test.each([
  ["blacklist tcm-loop", `# hardening`],
  ["install tcm_loop /bin/false", `# hardening`],
])("forbidden by the node's modprobe.d: %s", async (line, comment) => {
  expect(await prepare(`printf '%s\\n' '${comment}' '${line}' >/etc/modprobe.d/cis.conf`)).toEqual(
    failure(
      `cannot load kernel module tcm_loop: /etc/modprobe.d/cis.conf:2 forbids it ("${line}"). Remove that line on the node.`,
    ),
  );
});

test.each([
  ["truncated", "truncate -s 20000 tcm_loop.ko", "tcm_loop.ko", "Exec format error"],
  ["empty", "truncate -s 0 tcm_loop.ko", "tcm_loop.ko", "Invalid argument"],
  [
    "truncated .xz",
    "xz tcm_loop.ko; depmod; truncate -s 3000 tcm_loop.ko.xz",
    "tcm_loop.ko.xz",
    "Invalid argument",
  ],
  [
    "truncated .zst",
    "zstd -q --rm tcm_loop.ko; depmod; truncate -s 3000 tcm_loop.ko.zst",
    "tcm_loop.ko.zst",
    "Exec format error",
  ],
])("a damaged module file: %s", async (_, damage, file, said) => {
  const { status, message } = await prepare(`cd ${target}/loopback; ${damage}`);
  expect(status).toBe(1);
  const start = `enable-lio.ts: cannot load kernel module tcm_loop: ${target}/loopback/${file} is damaged, or not a module for this kernel ("modprobe: ERROR: could not insert 'tcm_loop': ${said}"`;
  expect(message.slice(0, start.length)).toBe(start);
  expect(message).toEndWith(`). ${reinstall}`);
});

test.each(["xz", "zstd -q --rm"])("modules compressed with %s are loaded", async (compress) => {
  const run = await vm.run(`cd ${modules}
    find . -name '*.ko' | while read -r file; do ${compress} "$file"; done
    depmod; find . -name '*.ko'; ls ${target}; prepare`);
  expect(run.stdout).toStartWith("loopback\ntarget_core_file.ko.");
  expect(run.stdout).toContain("Linux-IO is ready");
  expect(run.status).toBe(0);
});

test("a compression that this image's modprobe does not read", async () => {
  const file = "kernel/drivers/target/loopback/tcm_loop.ko.gz";
  const entry = `${file}: kernel/drivers/target/target_core_mod.ko`;
  const setup = `cd ${modules}; gzip ${file.slice(0, -3)}; depmod; echo ${entry} >>modules.dep`;
  expect(await prepare(setup)).toEqual(
    failure(
      `cannot load kernel module tcm_loop: ${modules}/${file} is compressed as .gz, and this image's modprobe reads xz and zst. Use an init image whose kmod reads .gz.`,
    ),
  );
});

test("no /lib/modules in the container", async () => {
  expect(await prepare("true", "NO_MODULES=1 prepare")).toEqual(
    failure(
      `cannot load kernel modules configfs, target_core_mod, tcm_loop, target_core_file, uio, target_core_user: ${modules} is on the node but not in this container. Mount the node's /lib/modules into the init container.`,
    ),
  );
});

test("a kernel that was updated and not rebooted", async () => {
  expect(await prepare(`mv ${modules} /lib/modules/6.1.0-999-amd64`)).toEqual(
    failure(
      `cannot load kernel modules configfs, target_core_mod, tcm_loop, target_core_file, uio, target_core_user: ${modules} is missing: the node runs kernel ${release}, but has modules for 6.1.0-999-amd64 only, so its kernel was updated or removed since it booted. Reboot the node.`,
    ),
  );
});

test("no CAP_SYS_MODULE", async () => {
  expect(await prepare("true", "DROP=-sys_module prepare")).toEqual(
    failure(
      "cannot load kernel modules configfs, target_core_mod, tcm_loop, target_core_file, uio, target_core_user: the init container lacks the capability CAP_SYS_MODULE. Set securityContext.privileged: true on the init container.",
    ),
  );
});

test("no CAP_SYS_ADMIN to mount configfs", async () => {
  expect(await prepare("true", "DROP=-sys_admin prepare")).toEqual(
    failure(
      "cannot mount configfs at /sys/kernel/config: the init container lacks the capability CAP_SYS_ADMIN. Set securityContext.privileged: true on the init container.",
    ),
  );
});

test("configfs mounted elsewhere does not count", async () => {
  const { status } = await prepare(
    "modprobe configfs; mkdir -p /config; mount -t configfs none /config",
  );
  expect(status).toBe(0);
  const { stdout } = await vm.run("grep -c /sys/kernel/config /proc/1/mounts; umount /config");
  expect(stdout).toBe("1\n");
});

test("another file system in configfs's place", async () => {
  expect(await prepare("modprobe configfs; mount -t tmpfs none /sys/kernel/config")).toEqual(
    failure(
      'cannot mount configfs: a tmpfs is mounted at /sys/kernel/config. Run "umount /sys/kernel/config" on the node.',
    ),
  );
});

test("a /sys that is not shared with the node", async () => {
  expect(await prepare("true", "PRIVATE_SYS=1 prepare")).toEqual(
    failure(
      "cannot mount configfs on the node: it is at /sys/kernel/config in this container only. Set mountPropagation: Bidirectional on the init container's /sys.",
    ),
  );
});

test.each([
  [
    "symbol",
    "s/target_register_template/target_register_templatx/",
    "Unknown symbol target_register_templatx (err -2)",
  ],
  [
    "version magic",
    "s/ SMP preempt / SMP preempx /",
    "version magic '6.1.0-56-amd64 SMP preempx mod_unload modversions ' should be '6.1.0-56-amd64 SMP preempt mod_unload modversions '",
  ],
])("a module of another build: %s", async (_, edit, logged) => {
  const file = `${target}/loopback/tcm_loop.ko`;
  const expected = logged.replaceAll("6.1.0-56-amd64", release);
  expect(await prepare(`sed -i '${edit}' ${file}; echo >>${file}`)).toEqual(
    failure(
      `cannot load kernel module tcm_loop: it does not fit the running kernel ${release} (kernel log: "tcm_loop: ${expected}"). ${reinstall}, so that kernel and modules are of one build; if the kernel was updated, reboot the node.`,
    ),
  );
});

test("TCMU missing: a warning before node 2.7, a failure from then on", async () => {
  const told = `cannot load kernel module target_core_user: ${target}/target_core_user.ko is missing. ${reinstall}`;
  const older = await vm.run(`rm ${target}/target_core_user.ko; prepare`);
  expect(older.stderr).toContain(`\nwarning: ${told}\n`);
  expect(older.stdout).toContain("Linux-IO is ready");
  expect(older.status).toBe(0);
  await vm.run("unload-lio");
  expect(await prepare("true", "VERSION=2.7.0 prepare")).toEqual(failure(told));
});

test("a node that forbids all loading of modules", async () => {
  expect(await prepare("echo 1 >/proc/sys/kernel/modules_disabled")).toEqual(
    failure(
      "cannot load kernel modules configfs, target_core_mod, tcm_loop, target_core_file, uio, target_core_user: the node forbids loading modules until its next boot (sysctl kernel.modules_disabled = 1). Let the node load the modules at boot, before that sysctl is set, and reboot it.",
    ),
  );
});
