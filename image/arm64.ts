import { $ } from "bun";
import { resolve } from "node:path";

const DIRECTORY = ".cache/arm64";

/** Builds the program for arm64, with the runtime that the lock file names, and gives its directory. */
export async function buildForArm64(): Promise<string> {
  await $`mkdir -p ${DIRECTORY}`;
  await $`cp package.json package-lock.json .npmrc ${DIRECTORY}`;
  await $`npm ci --cpu=arm64 --os=linux --ignore-scripts --loglevel=error`.cwd(DIRECTORY).quiet();
  const runtime = resolve(DIRECTORY, "node_modules/@oven/bun-linux-aarch64/bin/bun");
  const dist = `${DIRECTORY}/dist`;
  await $`${process.execPath} build.ts`.env({ ...process.env, DIST: dist, ARM64_RUNTIME: runtime });
  return dist;
}
