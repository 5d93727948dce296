/** What is in the image that `make image` writes to ARCHIVE, and that two builds make the same. */
import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryDirectory } from "../temporary.ts";

const PROJECT = resolve(import.meta.dir, "../..");
const ARCHIVE = resolve(PROJECT, process.env["ARCHIVE"] ?? ".cache/image.tar");
const isBuilt = existsSync(ARCHIVE);
if (!isBuilt) process.stderr.write(`tests of the image skipped: there is no ${ARCHIVE}\n`);

type Image = {
  readonly layers: readonly string[];
  readonly config: {
    readonly Cmd: readonly string[];
    readonly Entrypoint: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
  /** Every file that is not empty and every link, as `tar tv` shows it. */
  readonly files: readonly string[];
};

describe.skipIf(!isBuilt)("the image", () => {
  let image: Image;
  beforeAll(async () => {
    image = await open(ARCHIVE);
  });

  test("runs /init with the bundled scripts, under an init that reaps", () => {
    expect(image.config.Entrypoint).toEqual(["/usr/bin/tini", "-s", "--", "/entrypoint"]);
    expect(image.config.Cmd).toEqual(["/init", "-scripts=/scripts"]);
    expect(image.config.Labels).toMatchObject({
      "org.opencontainers.image.title": "storageos-init",
      "org.opencontainers.image.licenses": "Apache-2.0",
    });
  });

  test("holds the runtime once, and what scripts call", () => {
    const large = image.files.filter((line) => /^-\S+ +\S+ +\d{8,} /.test(line));
    expect(large.map(pathOf).filter((path) => !path.includes("librocksdb"))).toEqual(["init"]);
    const wanted = ["usr/bin/bun", "usr/bin/kmod", "usr/bin/mount", "usr/bin/bash", "usr/bin/tini"];
    const paths = new Set(image.files.map(pathOf));
    expect(wanted.filter((path) => !paths.has(path))).toEqual([]);
    expect([...paths].filter((path) => /\/librocksdb\.so\.\d+\.\d+\.\d+$/.test(path)).length).toBe(
      1,
    );
  });

  test("holds its licences", () => {
    const licences = image.files.map(pathOf).filter((path) => /doc\/storageos-init\//.test(path));
    const names = ["bun.licence", "copyright", "semver.licence"];
    expect(licences).toEqual(names.map((name) => `usr/share/doc/storageos-init/${name}`));
  });

  test("holds no caches, logs, source maps or development dependencies", () => {
    const unwanted = /\.map$|node_modules|var\/lib\/apt\/lists\/|\.deb$|var\/log\//;
    expect(image.files.map(pathOf).filter((path) => unwanted.test(path))).toEqual([]);
  });

  test("its scripts are executable", () => {
    const scripts = image.files.filter((line) => / scripts\/.*\.ts$/.test(line));
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((line) => !line.startsWith("-rwxr-xr-x"))).toEqual([]);
  });

  test("another build of the same commit has the same layers", async () => {
    const again = join(temporaryDirectory("image"), "again.tar");
    const env = {
      ...process.env,
      ARCHIVE: again,
      IMAGE: "localhost/storageos-init:again",
      CACHE: "no",
    };
    const build = Bun.spawn([process.execPath, "image/build.ts"], {
      cwd: PROJECT,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
    expect(await build.exited).toBe(0);
    expect((await open(again)).layers).toEqual([...image.layers]);
  }, 600_000);
});

async function open(archive: string): Promise<Image> {
  const directory = temporaryDirectory("archive");
  await run(["tar", "-C", directory, "-xf", archive]);
  const [manifest] = await Bun.file(join(directory, "manifest.json")).json();
  const { config, rootfs } = await Bun.file(join(directory, manifest.Config)).json();
  const files: string[] = [];
  for (const layer of manifest.Layers) {
    const lines = (await run(["tar", "-tvf", join(directory, layer)])).split("\n");
    files.push(...lines.filter((line) => /^l|^-\S+ \S+ +[1-9]/.test(line)));
  }
  await run(["rm", "-rf", directory]);
  return { layers: rootfs.diff_ids, config, files };
}

/** The path at the end of a line of `tar tv`, without a link's target. */
function pathOf(line: string): string {
  return (
    line
      .replace(/ -> .*$/, "")
      .split(" ")
      .at(-1) ?? ""
  );
}

async function run(command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed`);
  return text;
}
