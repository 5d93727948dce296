import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Environment } from "../lib/environment.ts";
import { clusterOf, type OpenCluster } from "./open-cluster.ts";

/** Where a run takes place. */
export type Host = {
  /** The program's environment, its PATH as scripts get it. */
  readonly env: Environment & { readonly PATH: string };
  /** Where the host's files are: `/proc/1/root` or `/`. */
  readonly hostRoot: string;
  /** The API of the cluster that it is a node of. */
  readonly openCluster: OpenCluster;
};

/** @param note reports what a person should know */
export function findHost(environment: Environment, note: (text: string) => void): Host {
  const env = { ...environment, PATH: searchPathOfScripts(environment["PATH"]) };
  const hostRoot = findHostRoot();
  return { env, hostRoot, openCluster: clusterOf({ env, hostRoot, log: note }) };
}

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The program's own runtime first, so that `#!/usr/bin/env bun` is this one. */
function searchPathOfScripts(given = DEFAULT_PATH): string {
  const own = `${dirname(process.execPath)}/bin`.replace(/^\/+/, "/");
  return !existsSync(`${own}/bun`) || given.split(":").includes(own) ? given : `${own}:${given}`;
}

/** Where the host's files are: `/proc/1/root` if that is another root (a container with hostPID), else `/`. */
function findHostRoot(): string {
  try {
    const host = statSync("/proc/1/root/");
    const own = statSync("/");
    return host.ino === own.ino && host.dev === own.dev ? "/" : "/proc/1/root";
  } catch {
    return "/"; // not permitted, or no /proc
  }
}
