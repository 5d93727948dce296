/**
 * Renders the plain manifests from the Helm chart: `make manifests`. With --check it changes
 * nothing and fails if they differ.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HELM, unpackTools } from "./tools.ts";

const CHART = join(import.meta.dirname, "helm/storageos-init");
const MANIFESTS = join(import.meta.dirname, "manifests");

const HEADER = `# Rendered from deploy/helm/storageos-init by \`make manifests\`: change the chart, not this file.
# Before you apply it, put your node container's image in place of storageos/node:v2.5.0 (two places).
apiVersion: v1
kind: Namespace
metadata:
  name: storageos
`;

unpackTools();
const isCheck = process.argv.includes("--check");
const drifted: string[] = [];
for (const profile of ["privileged", "least"]) {
  const path = join(MANIFESTS, `${profile}.yaml`);
  const rendered = HEADER + render(profile);
  if (!isCheck) writeFileSync(path, rendered);
  else if (readFileSync(path, "utf8") !== rendered) drifted.push(path);
}
if (drifted.length > 0) {
  process.stderr.write(`not what the chart renders: ${drifted.join(", ")}; run make manifests\n`);
  process.exitCode = 1;
}

function render(profile: string): string {
  const settings = `profile=${profile},node.image=storageos/node:v2.5.0`;
  const args = ["template", "storageos", CHART, "--namespace", "storageos", "--set", settings];
  const { success, stdout, stderr } = Bun.spawnSync([HELM, ...args]);
  if (!success) throw new Error(`helm ${args.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}
