/**
 * Renders the plain manifests from the Helm chart: `make manifests`. With --check it changes
 * nothing and fails if they differ.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HELM, unpackTools } from "./tools.ts";

const CHART = join(import.meta.dirname, "helm/storageos-init");
const MANIFESTS = join(import.meta.dirname, "manifests");

const RENDERED = `# Rendered from deploy/helm/storageos-init by \`make manifests\`: change the chart, not this file.\n`;
const NODE = "storageos/node:v2.5.0";

const NAMESPACE = `# Before you apply it, put your node container's image in place of ${NODE} (two places).
apiVersion: v1
kind: Namespace
metadata:
  name: storageos
  labels:
    # the pods use the host's network, PIDs, files and kernel
    pod-security.kubernetes.io/enforce: privileged
`;

const CONDITION = `# For --node-condition=storageos.com/NodePrepared, beside privileged.yaml or least.yaml. The last two
# objects need Kubernetes 1.30.
`;

const OPENSHIFT = "# For OpenShift, beside privileged.yaml or least.yaml.\n";

type Manifest = {
  readonly header: string;
  readonly settings: readonly string[];
  /** Only these templates; default: all that the settings ask for. */
  readonly templates?: readonly string[];
};

const FILES: Readonly<Record<string, Manifest>> = {
  privileged: { header: NAMESPACE, settings: ["profile=privileged"] },
  least: { header: NAMESPACE, settings: ["profile=least"] },
  "node-condition": {
    header: CONDITION,
    settings: ["nodeCondition.type=storageos.com/NodePrepared"],
    templates: ["node-condition.yaml", "node-condition-policy.yaml"],
  },
  openshift: {
    header: OPENSHIFT,
    settings: ["openshift.scc=privileged"],
    templates: ["openshift.yaml"],
  },
};

unpackTools();
const isCheck = process.argv.includes("--check");
const drifted: string[] = [];
for (const [name, manifest] of Object.entries(FILES)) {
  const path = join(MANIFESTS, `${name}.yaml`);
  const rendered = RENDERED + manifest.header + render(manifest);
  if (!isCheck) writeFileSync(path, rendered);
  else if (!existsSync(path) || readFileSync(path, "utf8") !== rendered) drifted.push(path);
}
if (drifted.length > 0) {
  process.stderr.write(`not what the chart renders: ${drifted.join(", ")}; run make manifests\n`);
  process.exitCode = 1;
}

function render({ settings, templates = [] }: Manifest): string {
  const set = ["--set", [`node.image=${NODE}`, ...settings].join(",")];
  const only = templates.flatMap((template) => ["--show-only", `templates/${template}`]);
  const policies = "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy";
  const chart = ["template", "storageos", CHART, "--namespace", "storageos"];
  const args = [...chart, "--api-versions", policies, ...set, ...only];
  const { success, stdout, stderr } = Bun.spawnSync([HELM, ...args]);
  if (!success) throw new Error(`helm ${args.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}
