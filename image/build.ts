/**
 * Builds the container image, its list of contents (SPDX) and, if asked, an archive of it.
 * Settings are variables of the environment, as `make image IMAGE=…` passes them:
 * IMAGE (name and tag), BASE (base image), BUILDER (docker, podman or buildah; default: the first
 * that works), PLATFORM (linux/amd64 or linux/arm64), ARCHIVE (a docker-archive to write), CACHE=no
 * (build every layer anew).
 */
import { $ } from "bun";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { version } from "../package.json" with { type: "json" };
import { buildForArm64 } from "./arm64.ts";
import { gatherLicences } from "./licences.ts";
import { readImagePackages } from "./packages.ts";
import { describeContents } from "./sbom.ts";

const BUILDERS = ["docker", "podman", "buildah"];

const { env } = process;
const platform = env["PLATFORM"] ?? "linux/amd64";
const context = platform === "linux/arm64" ? await buildForArm64() : "dist";
const image = env["IMAGE"] ?? `localhost/storageos-init:${version}`;
const builder = env["BUILDER"] ?? (await findBuilder());
const revision = (await $`git describe --always --dirty --abbrev=40 --exclude="*"`.text()).trim();
// The commit's own time, so that two builds of one commit are the same.
const seconds = Number(await $`git log -1 --format=%ct`.text());

await mkdir(`${context}/licences`, { recursive: true });
await gatherLicences(`${context}/licences`);
await copyFile("image/entrypoint", `${context}/entrypoint`);
await buildImage();
await writeSbom(`${context}/image.spdx.json`);
const archive = env["ARCHIVE"];
if (archive !== undefined) await saveArchive(archive);
print(`built ${image} for ${platform} with ${builder}; what is in it: ${context}/image.spdx.json`);

async function findBuilder(): Promise<string> {
  for (const candidate of BUILDERS) {
    if ((await $`${candidate} info`.quiet().nothrow()).exitCode === 0) return candidate;
  }
  throw new Error(`cannot build an image: none of ${BUILDERS.join(", ")} works here; install one`);
}

async function buildImage(): Promise<void> {
  const args = ["--file", "image/Dockerfile", "--tag", image, "--platform", platform];
  args.push("--build-arg", `SOURCE_DATE_EPOCH=${seconds}`);
  if (env["CACHE"] === "no") args.push("--no-cache");
  const base = env["BASE"];
  if (base !== undefined) args.push("--build-arg", `BASE=${base}`);
  for (const [key, value] of Object.entries(labelsOf())) {
    args.push("--label", `org.opencontainers.image.${key}=${value}`);
  }
  if (builder === "docker") {
    const output = "type=docker,rewrite-timestamp=true";
    await run(["docker", "buildx", "build", ...args, "--output", output, context]);
  } else {
    const same = ["--format", "docker", "--layers", "--timestamp", String(seconds)];
    await run([builder, "build", ...args, ...same, context]);
  }
}

function labelsOf(): Record<string, string> {
  return {
    title: "storageos-init",
    description: "Makes a Kubernetes node ready by running an ordered directory of scripts",
    version,
    revision,
    created: new Date(seconds * 1000).toISOString(),
    licenses: "Apache-2.0",
  };
}

async function writeSbom(path: string): Promise<void> {
  const packages = await readImagePackages(builder, image);
  const document = describeContents({ image, version, revision, seconds, packages });
  await writeFile(path, `${JSON.stringify(document, null, 2)}\n`);
}

async function saveArchive(path: string): Promise<void> {
  await $`rm -f ${path}`;
  if (builder === "buildah")
    await $`buildah push --quiet ${image} ${`docker-archive:${path}:${image}`}`;
  else await $`${builder} save --output ${path} ${image}`;
}

async function run(command: string[]): Promise<void> {
  const status = await Bun.spawn(command, { stdio: ["ignore", "inherit", "inherit"] }).exited;
  if (status !== 0) {
    process.stderr.write(`cannot build the image: ${command[0]} ended with status ${status}\n`);
    process.exit(1);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
