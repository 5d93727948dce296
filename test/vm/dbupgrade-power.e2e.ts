/**
 * Cuts the power while the database upgrade runs, on a real file system in a virtual machine, and
 * then looks at the disk from this machine: mounting it replays its journal, as a boot would.
 * POWER_CUTS says how often on each file system; `make crash` has it done 20 times.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Truth, checkAndFinish } from "../../scripts/10-dbupgrade-v1v2/test/crash.ts";
import {
  expectedScan,
  ldb,
  makeDataDirectory,
  remove,
  somePairs,
  upgrade,
} from "../../scripts/10-dbupgrade-v1v2/test/database.ts";
import { run } from "./tools.ts";
import { type Vm, bootVm, createDisk } from "./vm.ts";

const CUTS = Number(process.env["POWER_CUTS"] ?? 1);
const MEGABYTES = 400;
const LIBRARY = "/usr/lib/x86_64-linux-gnu/librocksdb.so.7.8";

setDefaultTimeout(3_600_000);

const pairs = somePairs(20, 300);
const truth: Truth = { v1: expectedScan(pairs, "v1"), v2: expectedScan(pairs, "v2") };
const work = mkdtempSync(join(tmpdir(), "dbupgrade-power-"));
const mountPoint = join(work, "mnt");

beforeAll(() => mkdirSync(mountPoint));
afterAll(() => rmSync(work, { recursive: true }));

test.each(["ext4", "xfs"] as const)(`the power is cut ${CUTS} times on %s`, async (type) => {
  const master = join(work, `${type}.raw`);
  await makeMaster(master, type);
  const wholeMs = await timeWholeUpgrade(master, type);
  for (let cut = 0; cut < CUTS; cut++) {
    const afterMs = Math.round(((cut + Math.random()) / CUTS) * wholeMs * 1.1);
    const disk = await copyDisk(master);
    const said = await upgradeUntil(disk, type, afterMs);
    await mounted(disk, () => {
      const data = join(mountPoint, "data");
      if (said.includes("successfully")) {
        // what was told must have lasted
        expect(upgrade(data).stdout).toBe(`${data}/db: already v2, nothing to do\n`);
      }
      checkAndFinish(
        data,
        truth,
        `power cut on ${type} after ${afterMs} of ${wholeMs} ms (${said.trim()})`,
      );
    });
    rmSync(disk);
    process.stdout.write(
      `${type}: power cut after ${afterMs} of ${wholeMs} ms, nothing lost: ${said.trim()}\n`,
    );
  }
});

/** A disk with the databases and the library that the guest lacks. */
async function makeMaster(disk: string, type: "ext4" | "xfs"): Promise<void> {
  await createDisk(disk, MEGABYTES, type);
  const data = makeDataDirectory({ db: pairs });
  ldb(["compact", `--db=${data}/db`]);
  const needed = (await run(["ldd", LIBRARY])) + (await run(["ldd", "dist/init"]));
  const libraries = [LIBRARY, ...needed.matchAll(/\/\S+\.so\S*/g)].map(String);
  await mounted(disk, () => {
    cpSync(data, join(mountPoint, "data"), { recursive: true });
    for (const library of libraries)
      cpSync(library, join(mountPoint, "lib", basename(library)), { dereference: true });
  });
  remove(data);
}

let copies = 0;

/** A file of its own each time: of one written anew a loop device may still have the old blocks. */
async function copyDisk(master: string): Promise<string> {
  const disk = join(work, `disk-${copies++}.raw`);
  await run(["cp", "--sparse=always", master, disk]);
  return disk;
}

async function mounted(disk: string, use: () => void): Promise<void> {
  await run(["mount", "-o", "loop", disk, mountPoint]);
  try {
    use();
  } finally {
    await run(["umount", mountPoint]);
  }
}

async function boot(disk: string, type: "ext4" | "xfs"): Promise<Vm> {
  return bootVm({
    disk,
    files: {
      "vm/boot": `#!/bin/bash
        modprobe -a virtio_pci virtio_blk ${type}
        mkdir -p /disk /usr/lib/x86_64-linux-gnu
        mount -t ${type} /dev/vda /disk
        ln -s /disk/lib/${basename(LIBRARY)} ${LIBRARY}`,
      "vm/upgrade": `#!/bin/bash
        export LD_LIBRARY_PATH=/disk/lib STORAGEOS_DATA_DIR=/disk/data NODE_VERSION=1.4.0
        exec /image/bin/bun /image/scripts/10-dbupgrade-v1v2/dbupgrade.ts`,
    },
  });
}

async function timeWholeUpgrade(master: string, type: "ext4" | "xfs"): Promise<number> {
  const disk = await copyDisk(master);
  const vm = await boot(disk, type);
  const started = performance.now();
  const { status, stderr } = await vm.run("upgrade");
  const ms = Math.round(performance.now() - started);
  await vm.stop();
  rmSync(disk);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return ms;
}

/** What the upgrade had said when the power was cut. */
async function upgradeUntil(disk: string, type: "ext4" | "xfs", afterMs: number): Promise<string> {
  const vm = await boot(disk, type);
  let said = "";
  const upgrading = vm.run("upgrade", (_, line) => (said += `${line}\n`)).catch(() => undefined);
  await Promise.race([upgrading, Bun.sleep(afterMs)]);
  await vm.kill();
  await upgrading;
  await vm.stop();
  return said;
}
