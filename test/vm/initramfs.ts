import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { readModuleIndex } from "../../src/lib/linux/modules/module-index.ts";
import type { Kernel } from "./kernel.ts";
import { pathOf, run } from "./tools.ts";

/** With all that these need, the modules that the guest has: enough for LIO, disks and file systems. */
const MODULES = `
  configfs target_core_mod tcm_loop target_core_file uio target_core_user
  sd_mod virtio_pci virtio_blk virtio_scsi loop
  ext4 xfs overlay crc32c_generic crct10dif_generic
  dm_mod dm_flakey dm_delay dm_log_writes
`;

/** The programs of the node and of the image, each with its libraries; busybox is all the others. */
const PROGRAMS = ["busybox", "bash", "kmod", "setpriv", "unshare", "mount", "umount", "xz", "zstd"];

const KMOD_NAMES = ["modprobe", "depmod", "lsmod", "rmmod", "insmod", "modinfo"];

/** Extra files of one boot, by their path in the guest. */
export type Files = Readonly<Record<string, string>>;

/**
 * Builds the guest's initramfs into `directory` and gives its path: the node at `/`, the init image
 * (`dist/` and its libraries) at `/image`.
 */
export async function buildInitramfs(
  directory: string,
  kernel: Kernel,
  dist: string,
  extra: Files,
): Promise<string> {
  const tree = join(directory, "tree");
  mkdirSync(tree, { recursive: true });
  for (const root of [tree, join(tree, "image")]) await layOutSystem(root);
  await copyLibraries(join(dist, "init"), join(tree, "image"));
  await copyModules(kernel, tree);
  cpSync(dist, join(tree, "image"), { recursive: true });
  cpSync(join(import.meta.dir, "guest"), join(tree, "vm"), { recursive: true });
  writeFiles(tree, {
    "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
    ...extra,
  });
  const archive = join(directory, "initramfs.cpio");
  await run(["bash", "-c", `find . | cpio --quiet -o -H newc -R 0:0 > "$0"`, archive], tree);
  rmSync(tree, { recursive: true });
  return archive;
}

async function layOutSystem(root: string): Promise<void> {
  const directories = ["bin", "sbin", "usr/bin", "usr/sbin", "dev", "proc", "sys", "run", "tmp"];
  const state = ["etc/modules-load.d", "etc/modprobe.d", "var/lib/storageos", "lib/modules"];
  for (const path of [...directories, ...state]) mkdirSync(join(root, path), { recursive: true });
  for (const program of PROGRAMS) await copyProgram(pathOf(program), root);
  for (const name of KMOD_NAMES) symlinkSync("../bin/kmod", join(root, "sbin", name));
}

/** Copies a program to /bin, and its libraries to where the loader looks for them. */
async function copyProgram(path: string, root: string): Promise<void> {
  copyFileSync(path, join(root, "bin", basename(path)));
  await copyLibraries(path, root);
}

async function copyLibraries(path: string, root: string): Promise<void> {
  const needed = await run(["bash", "-c", `ldd "$0" || true`, path]); // a static one has none
  for (const [library] of needed.matchAll(/\/\S+\.so\S*/g)) {
    mkdirSync(dirname(join(root, library)), { recursive: true });
    copyFileSync(library, join(root, library));
    chmodSync(join(root, library), 0o755);
  }
}

async function copyModules({ root, release }: Kernel, tree: string): Promise<void> {
  const from = join(root, "lib/modules", release);
  const to = join(tree, "lib/modules", release);
  const index = readModuleIndex({
    root,
    proc: "",
    sys: "",
    dev: "",
    modules: join(root, "lib/modules"),
    release,
  });
  const wanted = MODULES.trim()
    .split(/\s+/)
    .flatMap((name) => filesOf(name, index));
  for (const file of [...wanted, "modules.builtin", "modules.builtin.modinfo", "modules.order"]) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    copyFileSync(join(from, file), join(to, file));
  }
  await run(["depmod", "-b", tree, release]);
}

function filesOf(name: string, index: ReturnType<typeof readModuleIndex>): string[] {
  const module = index?.get(name);
  if (module === undefined) throw new Error(`cannot find the kernel module ${name}`);
  const needed = module.dependencies.flatMap((dependency) => index?.get(dependency)?.file ?? []);
  return needed.concat(module.file);
}

function writeFiles(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: 0o755 });
  }
}
