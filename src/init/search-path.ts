import { existsSync } from "node:fs";
import { dirname } from "node:path";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The PATH of scripts: the program's own runtime first, so that `#!/usr/bin/env bun` is this one. */
export function searchPathOfScripts(path: string | undefined): string {
  const given = path ?? DEFAULT_PATH;
  const own = `${dirname(process.execPath)}/bin`.replace(/^\/+/, "/");
  return !existsSync(`${own}/bun`) || given.split(":").includes(own) ? given : `${own}:${given}`;
}
