import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failed, passed, passedWithWarning, runCheck, testAsRoot } from "./run-check.ts";

const inside = ["unshare", "--mount"];
const DATA = "/mnt/data";
const env = { STORAGEOS_DATA_DIR: DATA, STORAGEOS_FILE_SYSTEMS: "ext4,xfs,tmpfs" };
const images = mkdtempSync(join(tmpdir(), "storage-"));
afterAll(() => rmSync(images, { recursive: true }));

const tmpfs = (size: string, then = "true") =>
  `mount -t tmpfs -o size=${size} none /mnt; ${then}; "$@"`;

testAsRoot("room on a file system that is supported passes", async () => {
  const seen = await runCheck("storage", { inside, env, shell: tmpfs("3G") });
  expect(seen).toEqual(passed("/mnt: tmpfs, 3 GiB of 3 GiB free"));
});

testAsRoot("the data directory is where it will be made, if it is not there yet", async () => {
  const shell = tmpfs("3G", "mkdir /mnt/data");
  expect((await runCheck("storage", { inside, env, shell })).stdout).toBe(
    "/mnt/data: tmpfs, 3 GiB of 3 GiB free\n",
  );
});

testAsRoot("a file system that is too small fails", async () => {
  expect(await runCheck("storage", { inside, env, shell: tmpfs("64M") })).toEqual(
    failed("storage", "/mnt has 64 MiB in all; 2 GiB are required. Mount a larger disk there."),
  );
});

const FULL =
  "has 150 MiB of 250 MiB free; 200 MiB are required. Free space there, or mount a larger disk.";

testAsRoot("a file system that is too full fails", async () => {
  const shell = tmpfs("250M", "fallocate -l 100M /mnt/other");
  expect(
    await runCheck("storage", { inside, env: { ...env, STORAGEOS_MIN_DISK: "200Mi" }, shell }),
  ).toEqual(failed("storage", `/mnt ${FULL}`));
});

testAsRoot("a node that holds data already is only warned of it", async () => {
  const shell = tmpfs("250M", "mkdir -p /mnt/data/dev1; fallocate -l 100M /mnt/data/dev1/volume");
  expect(
    await runCheck("storage", { inside, env: { ...env, STORAGEOS_MIN_DISK: "200Mi" }, shell }),
  ).toEqual(passedWithWarning("storage", `/mnt/data ${FULL}`));
});

testAsRoot("disks mounted in the data directory count", async () => {
  const shell = tmpfs(
    "64M",
    "mkdir -p /mnt/data/dev1 /mnt/data/dev2; mount -t tmpfs -o size=1G none /mnt/data/dev1; mount -t tmpfs -o size=2G none /mnt/data/dev2",
  );
  expect(await runCheck("storage", { inside, env, shell })).toEqual(
    passed(
      "/mnt/data: tmpfs, /mnt/data/dev1: tmpfs, /mnt/data/dev2: tmpfs, 3.1 GiB of 3.1 GiB free",
    ),
  );
});

testAsRoot("a file system that is not supported warns", async () => {
  const shell = tmpfs("3G");
  expect(await runCheck("storage", { inside, env: { STORAGEOS_DATA_DIR: DATA }, shell })).toEqual(
    passedWithWarning(
      "storage",
      "/mnt is on tmpfs, and supported are ext4 and xfs. Mount a disk formatted with ext4 or xfs there.",
    ),
  );
});

testAsRoot("one that is mounted read-only fails", async () => {
  const shell = tmpfs("3G", "mount -o remount,ro /mnt");
  expect(await runCheck("storage", { inside, env, shell })).toEqual(
    failed(
      "storage",
      "cannot write to /mnt: its file system (tmpfs) is mounted read-only. " +
        "See the node's kernel log (dmesg) for errors of the disk; repair it and mount it read-write.",
    ),
  );
});

testAsRoot("too small and not supported are both reported", async () => {
  const shell = tmpfs("64M");
  expect(
    (await runCheck("storage", { inside, env: { STORAGEOS_DATA_DIR: DATA }, shell })).stderr,
  ).toBe(
    "warning: /mnt is on tmpfs, and supported are ext4 and xfs. " +
      "Mount a disk formatted with ext4 or xfs there.\n" +
      "/mnt has 64 MiB in all; 2 GiB are required. Mount a larger disk there.\n",
  );
});

describe.each(["ext4", "xfs"])("a real disk with %s", (fsType) => {
  const image = join(images, fsType);
  const make = `truncate -s 3G ${image}; mkfs.${fsType} -q ${image}`;
  const canMount = Bun.spawnSync([
    ...inside,
    "sh",
    "-ec",
    `${make}; mount -o loop ${image} /mnt`,
  ]).success;

  test.skipIf(!canMount)("passes", async () => {
    mkdirSync(images, { recursive: true });
    const shell = `mount -o loop ${image} /mnt; "$@"`;
    const seen = await runCheck("storage", { inside, env: { STORAGEOS_DATA_DIR: DATA }, shell });
    expect(seen.stdout).toMatch(
      new RegExp(`^/mnt: ${fsType}, [\\d.]+ GiB of [\\d.]+ GiB free\\n$`),
    );
    expect(seen.stderr).toBe("");
  });
});
