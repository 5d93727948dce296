/** `make run`: boots a virtual machine, prepares it with all bundled scripts, and shows how it went. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureTools } from "./tools.ts";
import { type Vm, bootVm, createDisk } from "./vm.ts";

/** The node's disk for volumes; the file is sparse. */
const DISK_MB = 4096;
const MOUNT_DISK = `#!/bin/bash
modprobe -a virtio_pci virtio_blk ext4
mount -t ext4 /dev/vda /var/lib/storageos
`;

const { values } = parseArgs({ options: { "node-image": { type: "string" } } });
const nodeImage = values["node-image"] ?? "storageos/node:v2.5.0";

const started = performance.now();
process.on("SIGINT", () => process.exit(130));
process.exit(await main());

async function main(): Promise<number> {
  try {
    const vm = await bootVm({
      disk: await makeDisk(),
      files: { "vm/boot": MOUNT_DISK },
      progress: showProgress,
    });
    showProgress("the node is up");
    return await prepare(vm);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

/** A disk that is gone when this program is. */
async function makeDisk(): Promise<string> {
  await ensureTools(showProgress);
  const directory = mkdtempSync(join(tmpdir(), "storageos-init-disk-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  showProgress(`making a disk of ${DISK_MB} MB`);
  const disk = join(directory, "disk.raw");
  await createDisk(disk, DISK_MB, "ext4");
  return disk;
}

/** Runs the program as the pod's init container would be; gives its exit status. */
async function prepare(node: Vm): Promise<number> {
  print(`\n$ /init -scripts=/scripts -nodeImage=${nodeImage}\n`);
  const { status } = await node.run(
    `container /init -scripts=/scripts -nodeImage='${nodeImage}' --termination-log=/run/termination-log`,
    (stream, line) => (stream === "out" ? process.stdout : process.stderr).write(`${line}\n`),
  );
  const message = await node.run("cat /run/termination-log");
  print(`\nTermination message:\n${message.stdout}\n`);
  const facts = await node.run(
    "uname -sr; grep -h . /etc/modules-load.d/*; grep ' /sys/kernel/config ' /proc/mounts",
  );
  print(`The node now (kernel, modules loaded at boot, configfs):\n${facts.stdout}\n`);
  print(status === 0 ? "Verdict: prepared\n" : `Verdict: not prepared (exit status ${status})\n`);
  return status;
}

/** What is being done, and since when. */
function showProgress(line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  process.stderr.write(`${seconds} s  ${line}\n`);
}

function print(text: string): void {
  process.stdout.write(text);
}
