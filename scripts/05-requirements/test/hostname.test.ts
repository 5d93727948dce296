import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { passed, runCheck, testAsRoot, warned } from "./run-check.ts";

const own = hostname();
const inside = ["unshare", "--mount", "--uts"];
/** Makes a kubelet's certificate for a node where kubelet has it. */
const withCertificateOf = (node: string, then = "true") => `
  mount -t tmpfs none /var/lib; mkdir -p /var/lib/kubelet/pki
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/O=system:nodes/CN=system:node:${node}" \
    -keyout /var/lib/kubelet/pki/key -out /var/lib/kubelet/pki/cert 2>/dev/null
  (cd /var/lib/kubelet/pki; cat cert key > kubelet-client-current.pem)
  ${then}
  "$@"`;

test("the node's name as it is given passes", async () => {
  expect(await runCheck("hostname", { env: { NODE_NAME: own } })).toEqual(
    passed(`hostname ${own} is the node's name in Kubernetes`),
  );
});

test("another name warns", async () => {
  expect(await runCheck("hostname", { env: { NODE_NAME: "node-4.example" } })).toEqual(
    warned("hostname", differs(own, "node-4.example")),
  );
});

testAsRoot("kubelet's certificate tells the node's name", async () => {
  const shell = withCertificateOf("node-4", "hostname Node-4");
  expect(await runCheck("hostname", { inside, shell })).toEqual(
    passed("hostname Node-4 is the node's name in Kubernetes"),
  );
  const other = withCertificateOf("node-4", "hostname debian-4");
  expect(await runCheck("hostname", { inside, shell: other })).toEqual(
    warned("hostname", differs("debian-4", "node-4")),
  );
});

testAsRoot("a name that cannot be seen is not compared", async () => {
  const shell = 'mount -t tmpfs none /var/lib; "$@"';
  expect(await runCheck("hostname", { inside, shell })).toEqual(
    passed(`hostname ${own}; the node's name in Kubernetes is not seen here, so not compared`),
  );
});

function differs(name: string, nodeName: string): string {
  return (
    `this node's hostname is ${name}, and its name in Kubernetes is ${nodeName}: nodes may not find each other. ` +
    `Run hostnamectl set-hostname ${nodeName} on the node and reboot it, or join it again under the name ${name}.`
  );
}
