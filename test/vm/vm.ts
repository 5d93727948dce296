/**
 * A virtual machine with Debian's kernel in which the program prepares a node.
 *
 *   const vm = await bootVm({});                     about ten seconds with two cores, no KVM
 *   const { status, stdout, stderr } = await vm.run("container /init -scripts=/scripts");
 *   await vm.stop();
 *
 * - `run` takes a bash script; it runs as root on the node, whose root is an initramfs and forgets.
 *   Output is text, by lines. A process that it leaves behind must not hold its stdout or stderr.
 * - `/vm/container COMMAND…` runs a command as the pod's init container would be: see guest/container.
 * - `disk` is a raw file of yours (`createDisk` makes one) and /dev/vda in the guest, which must
 *   load virtio_pci and virtio_blk first; `files` are put into the initramfs, `/vm/boot` among them
 *   is run before modules-load.d is.
 * - `kill` is a power cut: what the guest did not flush to its disk is lost. The file on this
 *   machine then has what a disk would have that loses nothing of what it took.
 * - `console()` is what the kernel printed so far.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Control, type Output, type Ran } from "./control.ts";
import { type Files, buildInitramfs } from "./initramfs.ts";
import { fetchKernel } from "./kernel.ts";
import { ensureTools, pathOf, run } from "./tools.ts";

export type Boot = {
  /** Added to the kernel's command line. */
  readonly cmdline?: string;
  /** A CPU model of QEMU's; default: with all that it can emulate. */
  readonly cpu?: string;
  readonly disk?: string;
  readonly files?: Files;
  readonly progress?: (line: string) => void;
};

export type Vm = {
  /** Runs a bash script in the guest; throws if the machine ends before or after `timeoutMs`. */
  readonly run: (script: string, output?: Output, timeoutMs?: number) => Promise<Ran>;
  readonly console: () => string;
  readonly kill: () => Promise<void>;
  /** Ends the machine and removes its temporary files. */
  readonly stop: () => Promise<void>;
};

const PROJECT = resolve(import.meta.dir, "../..");
const CACHE = join(PROJECT, ".cache/vm");
const BOOT_TIMEOUT_MS = 300_000;
const RUN_TIMEOUT_MS = 300_000;

/** Starts a machine and waits until it takes commands. */
export async function bootVm({
  cmdline = "",
  cpu = "max",
  disk,
  files = {},
  progress = () => {},
}: Boot): Promise<Vm> {
  await ensureTools(progress);
  mkdirSync(CACHE, { recursive: true });
  const kernel = await fetchKernel(CACHE, progress);
  const directory = mkdtempSync(join(tmpdir(), "storageos-init-vm-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  progress("building the initramfs");
  const initramfs = await buildInitramfs(directory, kernel, join(PROJECT, "dist"), files);
  progress(`booting Linux ${kernel.release}`);
  const consolePath = join(directory, "console.log");
  const qemu = Bun.spawn(
    qemuCommand({ kernel: kernel.image, initramfs, consolePath, cmdline, cpu, disk }),
    {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  const readConsole = (): string =>
    existsSync(consolePath) ? readFileSync(consolePath, "utf8") : "";
  const control = new Control(qemu.stdin, qemu.stdout, readConsole);
  const kill = async (): Promise<void> => {
    qemu.kill("SIGKILL");
    await qemu.exited;
  };
  const stop = async (): Promise<void> => {
    await kill();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await control.ready(BOOT_TIMEOUT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    run: (script, output, timeoutMs = RUN_TIMEOUT_MS) => control.run(script, timeoutMs, output),
    console: readConsole,
    kill,
    stop,
  };
}

/** Makes a disk image with a file system in it. */
export async function createDisk(
  path: string,
  megabytes: number,
  type: "ext4" | "xfs",
): Promise<void> {
  rmSync(path, { force: true });
  await run(["truncate", "-s", `${megabytes}M`, path]);
  await run([`mkfs.${type}`, "-q", path]);
}

type Machine = {
  readonly kernel: string;
  readonly initramfs: string;
  readonly consolePath: string;
  readonly cmdline: string;
  readonly cpu: string;
  readonly disk: string | undefined;
};

/** A path in an option of QEMU, where a comma ends the value (qemu(1), -drive). */
function optionValue(path: string): string {
  return path.replaceAll(",", ",,");
}

/** setpriv ends the machine with us, however we end. */
function qemuCommand({ kernel, initramfs, consolePath, cmdline, cpu, disk }: Machine): string[] {
  const drive = `file=${optionValue(disk ?? "")},format=raw,if=virtio,cache=writeback`;
  const options: readonly (readonly string[])[] = [
    ["-accel", "tcg,thread=multi", "-cpu", cpu, "-smp", "2", "-m", "1536", "-no-reboot"],
    ["-nodefaults", "-no-user-config", "-display", "none", "-net", "none"],
    ["-kernel", kernel, "-initrd", initramfs, "-serial", `file:${consolePath}`],
    ["-chardev", "stdio,id=control,signal=off", "-serial", "chardev:control"],
    disk === undefined ? [] : ["-drive", drive],
    ["-append", `console=ttyS0 rdinit=/vm/init panic=-1 ${cmdline}`],
  ];
  const qemu = pathOf("qemu-system-x86_64");
  return [pathOf("setpriv"), "--pdeathsig", "KILL", "--", qemu, ...options.flat()];
}
