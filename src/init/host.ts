import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Environment } from "../lib/environment.ts";
import { findHostRoot } from "../lib/linux/host-root.ts";

/** Where a run takes place. */
export type Host = {
  /** The program's environment, its PATH as scripts get it. */
  readonly env: Environment & { readonly PATH: string };
  /** Where the host's files are: `/proc/1/root` or `/`. */
  readonly hostRoot: string;
};

export function findHost(env: Environment): Host {
  return { env: { ...env, PATH: searchPathOfScripts(env["PATH"]) }, hostRoot: findHostRoot() };
}

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The program's own runtime first, so that `#!/usr/bin/env bun` is this one. */
function searchPathOfScripts(given = DEFAULT_PATH): string {
  const own = `${dirname(process.execPath)}/bin`.replace(/^\/+/, "/");
  return !existsSync(`${own}/bun`) || given.split(":").includes(own) ? given : `${own}:${given}`;
}
