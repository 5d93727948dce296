import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lookAround } from "./pod-identity.ts";

const uid = "f9e47119-1153-4435-838e-f3f6e9181238";
const otherUid = "0b2a280e-e975-4a48-b908-a29da7b9da2d";
const kubelet = "/var/lib/kubelet";
const hosts = `111 95 254:0 ${kubelet}/pods/${uid}/etc-hosts /etc/hosts rw - ext4 /dev/vda rw`;
const log = `112 97 254:0 ${kubelet}/pods/${uid}/containers/my-init/0831ab0f /dev/termination-log rw - ext4 /dev/vda rw`;
const cgroup = `0::/kubepods/besteffort/pod${uid}/d434ac7f`;

const directory = mkdtempSync(join(tmpdir(), "identity-test-"));
afterAll(() => rmSync(directory, { recursive: true }));
const hostRoot = join(directory, "host");
for (const name of [`storage_node-x7k2p_${uid}/setup`, `kube-system_proxy_${otherUid}`, "stray"]) {
  mkdirSync(join(hostRoot, "var/log/pods", name), { recursive: true });
}
const nowhere = join(directory, "nowhere");

/** A ServiceAccount's directory with a token of these claims. */
function accountWith(claims: object | undefined): string {
  const account = mkdtempSync(join(directory, "account-"));
  const payload = Buffer.from(JSON.stringify(claims ?? {})).toString("base64url");
  writeFileSync(join(account, "token"), claims ? `e30.${payload}.c2ln` : "a legacy token");
  return account;
}

/** As recorded from Kubernetes 1.36; 1.21 has no node in it. */
const claims = {
  aud: ["https://kubernetes.default.svc"],
  iss: "https://kubernetes.default.svc",
  "kubernetes.io": {
    namespace: "story",
    node: { name: "worker-1", uid: "b9294acd-6435-4344-820f-6bf38c791a35" },
    pod: { name: "who", uid },
    serviceaccount: { name: "default", uid: "77f8a760-f991-467c-ac6b-37058efd28d7" },
    warnafter: 1795484607,
  },
};
const { node: _, ...withoutNode } = claims["kubernetes.io"];
const bound = accountWith(claims);
const bound121 = accountWith({ ...claims, "kubernetes.io": withoutNode });
const legacy = accountWith(undefined);
const downward = {
  POD_NAME: "node-0",
  POD_NAMESPACE: "ns",
  POD_UID: otherUid,
  NODE_NAME: "worker-1",
};
const unset = "POD_NAME, POD_NAMESPACE and POD_UID are not all set";
const noPod = "the ServiceAccount's token names no pod";

const NOTHING = {
  env: {},
  hostRoot: nowhere,
  serviceAccountDir: legacy,
  mountinfo: "",
  cgroup: "",
};
const none = {
  namespace: undefined,
  name: undefined,
  uid: undefined,
  node: undefined,
  container: undefined,
};

describe("a pod is known", () => {
  test.each([
    [
      "by the downward API before all else",
      { env: downward, serviceAccountDir: bound, hostRoot, mountinfo: log },
      {
        known: {
          namespace: "ns",
          name: "node-0",
          uid: otherUid,
          node: "worker-1",
          container: "my-init",
        },
        unhelpful: [],
      },
    ],
    [
      "by the claims of a bound token",
      { serviceAccountDir: bound, hostRoot, mountinfo: log },
      {
        known: { namespace: "story", name: "who", uid, node: "worker-1", container: "my-init" },
        unhelpful: [unset],
      },
    ],
    [
      "by those of an older one, which name no node",
      { serviceAccountDir: bound121, mountinfo: "", cgroup: "" },
      {
        known: { ...none, namespace: "story", name: "who", uid },
        unhelpful: [unset],
      },
    ],
    [
      "by its mounts and the host's directory of pod logs",
      { hostRoot, mountinfo: log },
      {
        known: {
          namespace: "storage",
          name: "node-x7k2p",
          uid,
          node: undefined,
          container: "my-init",
        },
        unhelpful: [unset, noPod],
      },
    ],
    [
      "by its cgroup, where kubelet's mounts do not show, and the only container that has a log",
      { hostRoot, cgroup },
      {
        known: {
          namespace: "storage",
          name: "node-x7k2p",
          uid,
          node: undefined,
          container: "setup",
        },
        unhelpful: [unset, noPod],
      },
    ],
    [
      "by both together, where the downward API gives a part",
      {
        env: { POD_NAMESPACE: "storage", POD_NAME: "node-x7k2p", NODE_NAME: "" },
        mountinfo: hosts,
      },
      {
        known: { ...none, namespace: "storage", name: "node-x7k2p", uid },
        unhelpful: [unset, noPod],
      },
    ],
  ])("%s", (_name, sources, found) => {
    expect(lookAround({ ...NOTHING, ...sources })).toEqual(found);
  });
});

describe("what did not help is told:", () => {
  test.each([
    [
      "nothing shows anything",
      {},
      {
        known: none,
        unhelpful: [
          unset,
          noPod,
          "neither a mount nor the cgroup of this container shows its pod's uid",
        ],
      },
    ],
    [
      "the host's logs cannot be read",
      { mountinfo: hosts },
      {
        known: { ...none, uid },
        unhelpful: [unset, noPod, `cannot read ${nowhere}/var/log/pods: ENOENT`],
      },
    ],
    [
      "the host has no logs of the pod",
      { hostRoot, mountinfo: hosts.replace(uid, otherUid.replace("0b", "0c")) },
      {
        known: { ...none, uid: otherUid.replace("0b", "0c") },
        unhelpful: [
          unset,
          noPod,
          `no directory in ${hostRoot}/var/log/pods belongs to the pod with uid ${otherUid.replace("0b", "0c")}`,
        ],
      },
    ],
    [
      "the token is of another pod",
      { serviceAccountDir: bound, mountinfo: hosts.replace(uid, otherUid) },
      {
        known: { ...none, uid: otherUid },
        unhelpful: [
          unset,
          `the ServiceAccount's token names another pod, with uid ${uid}`,
          `cannot read ${nowhere}/var/log/pods: ENOENT`,
        ],
      },
    ],
    [
      "the token's names could lead elsewhere",
      {
        serviceAccountDir: accountWith({
          "kubernetes.io": { namespace: "../kube-system", pod: { name: "a/b", uid } },
        }),
      },
      {
        known: none,
        unhelpful: [
          unset,
          noPod,
          "neither a mount nor the cgroup of this container shows its pod's uid",
        ],
      },
    ],
  ])("%s", (_name, sources, found) => {
    expect(lookAround({ ...NOTHING, ...sources })).toEqual(found);
  });
});
