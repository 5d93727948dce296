/** A container image for the tests, as an archive: one program with the libraries it needs. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Writes a docker-archive to `<directory>/image.tar` and returns its path. The image runs
 * `program`, an executable of this machine, as /program, or with `words` as its entrypoint, of which
 * the first is the program's path in the image.
 * @param tags names of the image, with at least one
 */
export function buildImage(
  directory: string,
  tags: string | readonly string[],
  program: string,
  words: readonly [string, ...string[]] = ["/program"],
): string {
  const root = join(directory, "root");
  copyInto(root, program, words[0]);
  for (const library of librariesOf(program)) copyInto(root, library, library);
  run("tar", "-C", root, "-cf", join(directory, "layer.tar"), ".");
  rmSync(root, { recursive: true });
  const [sum = ""] = run("sha256sum", join(directory, "layer.tar")).split(" ");
  const config = {
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: { Entrypoint: words },
    rootfs: { type: "layers", diff_ids: [`sha256:${sum}`] },
  };
  const manifest = [{ Config: "config.json", RepoTags: [tags].flat(), Layers: ["layer.tar"] }];
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
  writeFileSync(join(directory, "manifest.json"), JSON.stringify(manifest));
  const archive = join(directory, "image.tar");
  run("tar", "-C", directory, "-cf", archive, "config.json", "manifest.json", "layer.tar");
  return archive;
}

/** Of a program that is linked statically, ldd shows none and exits with 1. */
function librariesOf(program: string): string[] {
  const { stdout } = Bun.spawnSync(["ldd", program], { stderr: "ignore" });
  return [...stdout.toString().matchAll(/(?:=> |^\s*)(\/\S+)/gm)].flatMap(([, path]) => path ?? []);
}

function copyInto(root: string, from: string, to: string): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  cpSync(from, join(root, to), { dereference: true });
}

export function run(...command: string[]): string {
  const { success, stdout, stderr } = Bun.spawnSync(command);
  if (!success) throw new Error(`${command.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}
