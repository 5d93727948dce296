import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { apt, run } from "./tools.ts";

/** Debian's kernel, unpacked and not installed. */
export type Kernel = {
  readonly release: string;
  readonly image: string;
  /** The directory that has `lib/modules/<release>`. */
  readonly root: string;
};

/** Gets the kernel that linux-image-amd64 stands for, from the cache once it is there. */
export async function fetchKernel(
  cache: string,
  progress: (line: string) => void,
): Promise<Kernel> {
  const cached = readKernel(join(cache, "kernel"));
  if (cached !== undefined) return cached;
  const directory = join(cache, `kernel.${process.pid}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const name = await downloadKernel(directory, progress);
  const file = readdirSync(directory).find((entry) => entry.endsWith(".deb"));
  if (file === undefined) throw new Error(`cannot find the package file of ${name}`);
  progress(`unpacking ${name}`);
  await run(["dpkg-deb", "-x", file, "."], directory);
  rmSync(join(directory, file));
  const [release = ""] = readdirSync(join(directory, "lib/modules"));
  await run(["depmod", "-b", directory, release]);
  rmSync(join(cache, "kernel"), { recursive: true, force: true });
  renameSync(directory, join(cache, "kernel"));
  const kernel = readKernel(join(cache, "kernel"));
  if (kernel === undefined) throw new Error(`cannot find a kernel in ${name}`);
  return kernel;
}

/** Once more with fresh package lists where the ones at hand are absent or out of date. */
async function downloadKernel(
  directory: string,
  progress: (line: string) => void,
): Promise<string> {
  try {
    return await download(directory, progress);
  } catch {
    progress("updating the package lists");
    await apt(["update"]);
    return download(directory, progress);
  }
}

async function download(directory: string, progress: (line: string) => void): Promise<string> {
  const depends = await run(["apt-cache", "depends", "linux-image-amd64"]);
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (name === undefined) {
    throw new Error("cannot find the package linux-image-amd64: needs Debian's archive");
  }
  progress(`downloading ${name} (about 70 MB)`);
  await run(["apt-get", "download", name], directory);
  return name;
}

function readKernel(root: string): Kernel | undefined {
  if (!existsSync(join(root, "boot"))) return undefined;
  const image = readdirSync(join(root, "boot")).find((name) => name.startsWith("vmlinuz-"));
  if (image === undefined) return undefined;
  return { release: image.slice("vmlinuz-".length), image: join(root, "boot", image), root };
}
