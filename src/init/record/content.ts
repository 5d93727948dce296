/** What a pass of a script is for: another content has a script with the once setting run again. */
import type { Skipped } from "../discover/data.ts";
import { isBesideScripts } from "../discover/data.ts";
import type { Script } from "../discover/script.ts";
import { digestOf } from "./digest.ts";

export type ContentOf = (script: Script) => string | undefined;

/**
 * `sha256:…` of a script; with the once setting also of the files below its directory that are not
 * scripts, and of the variables that it names. undefined if the script cannot be read.
 * @param directory the scripts directory @param skipped its files that are not scripts
 */
export function createContentOf(
  directory: string,
  skipped: readonly Skipped[],
  env: Readonly<Record<string, string | undefined>>,
): ContentOf {
  return ({ name, path, settings }) => {
    const own = digestOf(path);
    if (own === undefined || settings.once === undefined) return own;
    const tree = name.slice(0, name.lastIndexOf("/") + 1);
    const beside = skipped
      .filter((file) => isBesideScripts(file) && file.name.startsWith(tree))
      .map((file) => [file.name, digestOf(`${directory}/${file.name}`) ?? "unreadable"]);
    const values = settings.onceEnv.map((variable) => [variable, env[variable] ?? null]);
    if (beside.length === 0 && values.length === 0) return own;
    const hasher = new Bun.CryptoHasher("sha256");
    hasher.update(JSON.stringify([own, beside, values]));
    return `sha256:${hasher.digest("hex")}`;
  };
}
