import { copyFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundledPackages } from "./packages.ts";

const RUNTIME_LICENCE = `The program holds the Bun runtime, under the MIT licence.
Copyright (c) Oven and the contributors to Bun (https://bun.com).

Bun links JavaScriptCore and parts of WebKit statically, which are under the GNU Lesser General
Public License, version 2 (/usr/share/common-licenses/LGPL-2). Their source, as Bun builds it, and
how to link Bun with a changed copy: https://github.com/oven-sh/webkit and
https://bun.com/docs/project/licensing, where all other libraries in it are listed too.
`;

/** Copies the licences of all that the program is made of; Debian's packages carry their own. */
export async function gatherLicences(directory: string): Promise<void> {
  await copyFile("LICENSE", join(directory, "copyright"));
  for (const { name } of await bundledPackages()) {
    const target = join(directory, `${name.replaceAll("/", "-")}.licence`);
    if (name === "bun") await writeFile(target, RUNTIME_LICENCE);
    else await copyFile(await findLicence(name), target);
  }
}

async function findLicence(name: string): Promise<string> {
  const directory = join("node_modules", name);
  const file = (await readdir(directory)).find((entry) => /^licen[cs]e(?:\.|$)/i.test(entry));
  if (file === undefined) throw new Error(`cannot find a licence in ${directory}`);
  return join(directory, file);
}
