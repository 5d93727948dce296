import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Host } from "../src/lib/linux/host.ts";

export const RELEASE = "6.1.0-56-amd64";

/** A directory laid out like a host, with these files; the caller removes `host.root`. */
export function makeHost(files: Readonly<Record<string, string | Uint8Array>>): Host {
  const root = mkdtempSync(join(tmpdir(), "host-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return {
    root,
    proc: join(root, "proc"),
    sys: join(root, "sys"),
    dev: join(root, "dev"),
    modules: join(root, "lib/modules"),
    release: RELEASE,
  };
}
