import { failureOf } from "../../../src/lib/failure/failure.ts";
import { REQUIREMENTS } from "../../../src/lib/failure/topics/requirements.ts";
import { hostname } from "node:os";
import { join } from "node:path";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { type Finding, met, warning } from "../../../src/lib/linux/checks/finding.ts";
import { type Environment, readString } from "./settings.ts";

/** Where kubelet keeps the certificate it shows the API server (its --cert-dir's default). */
const KUBELET_CERTIFICATE = "var/lib/kubelet/pki/kubelet-client-current.pem";

/** Whether the node calls itself as Kubernetes calls it. */
export async function checkHostname(host: Host, env: Environment): Promise<Finding> {
  const nodeName = readString(env, "NODE_NAME", "") || (await nameInCertificate(host));
  return judgeHostname(hostname(), nodeName);
}

/** @param nodeName as Kubernetes has it, undefined where it cannot be seen */
export function judgeHostname(own: string, nodeName: string | undefined): Finding {
  if (nodeName === undefined) {
    return met(`hostname ${own}; the node's name in Kubernetes is not seen here, so not compared`);
  }
  // kubelet makes a hostname lower case when it takes it for the node's name
  if (own.toLowerCase() === nodeName)
    return met(`hostname ${own} is the node's name in Kubernetes`);
  const about = { hostname: own, node: nodeName };
  return warning(failureOf(REQUIREMENTS, "HostnameDiffers", about));
}

/** A kubelet identifies itself as `system:node:<name>` (Kubernetes' node authorization). */
async function nameInCertificate({ root }: Host): Promise<string | undefined> {
  const pem = readText(join(root, KUBELET_CERTIFICATE));
  if (pem === undefined) return undefined;
  const { X509Certificate } = await import("node:crypto"); // 5 ms, only where needed
  try {
    const { subject } = new X509Certificate(pem);
    return /^CN=system:node:(.+)$/m.exec(subject)?.[1];
  } catch {
    return undefined; // no certificate: not kubelet's
  }
}
