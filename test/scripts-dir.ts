import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { temporaryDirectory } from "./temporary.ts";

export type Entry =
  | { readonly content: string | Uint8Array; readonly mode: number }
  | { readonly link: string };

/** A scripts directory of its own: names below it, and what stands there. */
export function makeScripts(entries: Readonly<Record<string, Entry>>): string {
  const root = join(temporaryDirectory("scripts"), "scripts");
  mkdirSync(root);
  addScripts(root, entries);
  return root;
}

export function addScripts(root: string, entries: Readonly<Record<string, Entry>>): void {
  for (const [name, entry] of Object.entries(entries)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    if ("link" in entry) {
      symlinkSync(entry.link, path);
    } else {
      writeFileSync(path, entry.content);
      chmodSync(path, entry.mode);
    }
  }
}

/** One of test/fixtures/, with settings if given: `fixture("exit-37.sh", "retries=2")`. */
export function fixture(name: string, settings = ""): Entry {
  const text = readFileSync(resolve(import.meta.dir, "fixtures", name), "utf8");
  if (settings === "") return { content: text, mode: 0o755 };
  return { content: text.replace("\n", `\n# init: ${settings}\n`), mode: 0o755 };
}

/** A shell script written where it is used. */
export function shell(body: string, settings = ""): Entry {
  const header = settings === "" ? "" : `# init: ${settings}\n`;
  return { content: `#!/bin/sh\n${header}${body}\n`, mode: 0o755 };
}

export function file(content: string | Uint8Array, mode: number): Entry {
  return { content, mode };
}

export function linkTo(link: string): Entry {
  return { link };
}
