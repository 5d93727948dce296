import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fail, ok } from "../../../src/lib/result.ts";
import { enableLio } from "./enable.ts";

const HOSTS = join(import.meta.dir, "../test/hosts");

/** A host on which kmod finds no module: it says so as kmod 30 does. */
async function enable(name: string): Promise<string> {
  const root = join(HOSTS, name);
  const modules = join(root, "lib/modules");
  const [release = ""] = readdirSync(modules);
  const [proc, sys, dev] = ["proc", "sys", "dev"].map((directory) => join(root, directory));
  const stderr = (module: string): string =>
    `modprobe: FATAL: Module ${module} not found in directory /lib/modules/${release}`;
  const { result: enabled } = await enableLio({
    host: { root, proc: proc ?? "", sys: sys ?? "", dev: dev ?? "", modules, release },
    env: { NODE_VERSION: "2.10.0" },
    modprobe: (module) => ok({ status: 1, stderr: stderr(module) }),
    say: () => {},
  });
  if (enabled.ok) return "";
  const words = enabled.error.map(({ cause, fix }) => `${cause}. ${fix}.`);
  return words.join("\n").replaceAll(modules, "/lib/modules");
}

const ALL = "configfs, target_core_mod, tcm_loop, uio, target_core_user";

function noFile(release: string, fix: string): string {
  return `cannot load kernel modules ${ALL}: kernel ${release} has no such module in /lib/modules/${release}. ${fix}.`;
}

test.each([
  [
    "debian-12-cloud",
    "6.1.0-28-cloud-amd64",
    'Run "apt-get install --reinstall linux-image-6.1.0-28-cloud-amd64" on the node',
  ],
  [
    "ubuntu-16.04-generic",
    "4.4.0-210-generic",
    'Run "apt-get install linux-image-extra-4.4.0-210-generic" on the node',
  ],
  [
    "ubuntu-18.04-generic",
    "4.15.0-213-generic",
    'Run "apt-get install linux-modules-extra-4.15.0-213-generic" on the node',
  ],
  [
    "ubuntu-22.04-generic",
    "5.15.0-126-generic",
    'Run "apt-get install linux-modules-extra-5.15.0-126-generic" on the node',
  ],
  [
    "ubuntu-22.04-aws",
    "6.8.0-1020-aws",
    'Run "apt-get install linux-modules-extra-6.8.0-1020-aws" on the node, and linux-modules-extra-aws so that the next kernel has them too',
  ],
  [
    "ubuntu-22.04-azure",
    "6.8.0-1019-azure",
    'Run "apt-get install linux-modules-extra-6.8.0-1019-azure" on the node, and linux-modules-extra-azure so that the next kernel has them too',
  ],
  [
    "ubuntu-22.04-gcp",
    "6.8.0-1018-gcp",
    'Run "apt-get install linux-modules-extra-6.8.0-1018-gcp" on the node, and linux-modules-extra-gcp so that the next kernel has them too',
  ],
  [
    "rhel-9",
    "5.14.0-503.15.1.el9_5.x86_64",
    'Run "dnf install kernel-modules-extra-5.14.0-503.15.1.el9_5.x86_64" on the node',
  ],
  [
    "rocky-8",
    "4.18.0-553.el8_10.x86_64",
    'Run "dnf install kernel-modules-extra-4.18.0-553.el8_10.x86_64" on the node',
  ],
  [
    "centos-7",
    "3.10.0-1160.el7.x86_64",
    'Run "yum reinstall kernel-3.10.0-1160.el7.x86_64" on the node',
  ],
  [
    "rhcos-4.16",
    "5.14.0-427.44.1.el9_4.x86_64",
    'Run "rpm-ostree install kernel-modules-extra-5.14.0-427.44.1.el9_4.x86_64" on the node and reboot it',
  ],
  [
    "oracle-9-uek",
    "5.15.0-302.167.6.el9uek.x86_64",
    'Run "dnf install kernel-uek-modules-extra-5.15.0-302.167.6.el9uek.x86_64" on the node',
  ],
  [
    "sles-15",
    "5.14.21-150500.55.88-default",
    'Run "zypper install kernel-default" on the node (kernel-default-base lacks them) and reboot it',
  ],
  [
    "sle-micro-5",
    "5.14.21-150500.55.88-default",
    'Run "transactional-update pkg install kernel-default" on the node (kernel-default-base lacks them) and reboot it',
  ],
  [
    "amazon-2023",
    "6.1.112-124.190.amzn2023.x86_64",
    'Run "dnf install kernel-modules-extra-6.1.112-124.190.amzn2023.x86_64" on the node, or "dnf upgrade kernel" and reboot it',
  ],
  [
    "bottlerocket",
    "5.10.93",
    "The modules are part of the image of Bottlerocket OS 1.6.0 (aws-k8s-1.21): update the node to a current release of Bottlerocket",
  ],
  [
    "flatcar",
    "6.6.54-flatcar",
    'The modules are part of the image of Flatcar Container Linux by Kinvolk 3975.2.2 (Oklo): update the node ("update_engine_client -update") and reboot it',
  ],
  [
    "alpine",
    "6.6.54-0-lts",
    "Install the package of Alpine Linux v3.20 that holds all modules of kernel 6.6.54-0-lts",
  ],
])("module files missing on %s", async (name, release, fix) => {
  expect(await enable(name)).toBe(noFile(release, fix));
});

test("Amazon Linux 2 before 5.4.219: its configuration says that TCMU is not built", async () => {
  const release = "5.4.209-116.367.amzn2.x86_64";
  const update =
    'Run "yum update kernel" on the node and reboot it (kernels from 5.4.219-126.411.amzn2 on have them)';
  expect(await enable("amazon-2")).toBe(
    [
      `cannot load kernel modules target_core_mod, tcm_loop, uio: kernel ${release} has no such module in /lib/modules/${release}. ${update}.`,
      `cannot load kernel module target_core_user: kernel ${release} is built without it (CONFIG_TCM_USER2 is not set in /boot/config-${release}). ${update}.`,
    ].join("\n"),
  );
});

test("Container-Optimized OS: what is built in counts, what is not built is told", async () => {
  const image =
    "The modules are part of the image of Container-Optimized OS from Google: use a node image that has them, on GKE UBUNTU_CONTAINERD";
  expect(await enable("cos")).toBe(
    [
      "target_core_mod: CONFIG_TARGET_CORE",
      "tcm_loop: CONFIG_LOOPBACK_TARGET",
      "target_core_user: CONFIG_TCM_USER2",
    ]
      .map((line) => line.split(": "))
      .map(
        ([module, option]) =>
          `cannot load kernel module ${module}: kernel 5.15.154+ is built without it (${option} is not set in /proc/config.gz). ${image}.`,
      )
      .join("\n"),
  );
});

test("an image without modprobe", async () => {
  const root = join(HOSTS, "debian-12-cloud");
  const { result: enabled } = await enableLio({
    host: { root, proc: root, sys: root, dev: root, modules: root, release: "6.1.0" },
    env: { DISABLE_TCMU: "true" },
    modprobe: () => fail("cannot run modprobe: it is not in /bin"),
    say: () => {},
  });
  expect(enabled).toMatchObject({
    ok: false,
    error: [
      {
        code: "ModprobeMissing",
        cause:
          "cannot load kernel modules configfs, target_core_mod, tcm_loop, target_core_file: cannot run modprobe: it is not in /bin",
        fix: "Use an init image that has kmod",
        params: { modules: "configfs, target_core_mod, tcm_loop, target_core_file" },
      },
    ],
  });
});
