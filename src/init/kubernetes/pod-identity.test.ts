import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { identifyPod, type PodApi } from "./pod-identity.ts";
import { fail, ok } from "../../lib/result.ts";

const uid = "f9e47119-1153-4435-838e-f3f6e9181238";
const otherUid = "0b2a280e-e975-4a48-b908-a29da7b9da2d";
const kubelet = "/var/lib/kubelet";
const hosts = `111 95 254:0 ${kubelet}/pods/${uid}/etc-hosts /etc/hosts rw - ext4 /dev/vda rw`;
const log = `112 97 254:0 ${kubelet}/pods/${uid}/containers/my-init/0831ab0f /dev/termination-log rw - ext4 /dev/vda rw`;
const hostRoot = mkdtempSync(join(tmpdir(), "identity-test-"));
afterAll(() => rmSync(hostRoot, { recursive: true }));
for (const name of [`storage_node-x7k2p_${uid}`, `kube-system_proxy_${otherUid}`, "stray"]) {
  mkdirSync(join(hostRoot, "var/log/pods", name), { recursive: true });
}
const empty = join(hostRoot, "empty");

const downward = {
  POD_NAME: "node-0",
  POD_NAMESPACE: "ns",
  POD_UID: otherUid,
  NODE_NAME: "worker-1",
};
const fix =
  "Give the container POD_NAME, POD_NAMESPACE and POD_UID by the downward API (fieldRef metadata.name, metadata.namespace, metadata.uid)";

describe("a pod is known", () => {
  test("by the downward API before all else", async () => {
    expect(await identifyPod({ env: downward, hostRoot, mountinfo: log }, apiWith({}))).toEqual(
      ok({
        namespace: "ns",
        name: "node-0",
        uid: otherUid,
        node: "worker-1",
        container: "my-init",
      }),
    );
  });

  test("by its mounts and the host's directory of pod logs", async () => {
    expect(await identifyPod({ env: {}, hostRoot, mountinfo: log }, apiWith({}))).toEqual(
      ok({ namespace: "storage", name: "node-x7k2p", uid, node: undefined, container: "my-init" }),
    );
  });

  test("by both together, where the downward API gives a part", async () => {
    const env = { POD_NAMESPACE: "storage", POD_NAME: "node-x7k2p", NODE_NAME: "" };
    expect(
      await identifyPod({ env, hostRoot: empty, mountinfo: hosts }, apiWith({})),
    ).toMatchObject(ok({ namespace: "storage", name: "node-x7k2p", uid, node: undefined }));
  });
});

/** Answers from `pods` by path; what it was asked goes into `asked`. */
function apiWith(pods: Record<string, object>, asked: string[] = []): PodApi {
  return {
    namespace: "storage",
    get: (async ({ path }) => {
      asked.push(path);
      const pod = pods[path];
      if (pod) return ok(pod);
      const refusal = { status: 403, reason: "Forbidden", message: "", retryAfterMs: undefined };
      return fail({ kind: "status", target: `GET ${path}`, ...refusal });
    }) as PodApi["get"],
  };
}

const namesake = `/api/v1/namespaces/storage/pods/${hostname()}`;
const listed = `/api/v1/namespaces/storage/pods?fieldSelector=spec.nodeName%3Dworker-1&limit=500`;

describe("else the API is asked", () => {
  const sources = { env: { NODE_NAME: "worker-1" }, hostRoot: empty, mountinfo: hosts };
  const found = { namespace: "storage", uid, node: "worker-1", container: undefined };

  test("for the pod whose name is the hostname", async () => {
    const api = apiWith({ [namesake]: { metadata: { name: hostname(), uid } } });
    expect(await identifyPod(sources, api)).toEqual(ok({ ...found, name: hostname() }));
  });

  test("for the pods of this node, of which one has the uid", async () => {
    const items = [otherUid, uid].map((each) => ({
      metadata: { name: `node-${each}`, uid: each },
    }));
    const api = apiWith({ [namesake]: { metadata: { uid: otherUid } }, [listed]: { items } });
    expect(await identifyPod(sources, api)).toEqual(ok({ ...found, name: `node-${uid}` }));
  });

  test("for the uid of the pod that the downward API names", async () => {
    const env = { POD_NAME: "node-0", POD_NAMESPACE: "ns" };
    const pod = { metadata: { name: "node-0", uid }, spec: { nodeName: "worker-2" } };
    const api = apiWith({ "/api/v1/namespaces/ns/pods/node-0": pod });
    expect(await identifyPod({ env, hostRoot: empty, mountinfo: "" }, api)).toEqual(
      ok({ ...found, namespace: "ns", name: "node-0", node: "worker-2" }),
    );
  });

  test("and what it refuses is said", async () => {
    const asked: string[] = [];
    expect(await identifyPod(sources, apiWith({}, asked))).toEqual(
      fail(
        `cannot tell which pod this is: POD_NAME, POD_NAMESPACE and POD_UID are not all set; no directory in ${empty}/var/log/pods belongs to the pod with uid ${uid}; GET ${listed}: 403 Forbidden. ${fix}`,
      ),
    );
    expect(asked).toEqual([namesake, listed]);
  });

  test("for nothing where nothing is known", async () => {
    const asked: string[] = [];
    const nothing = { env: {}, hostRoot: empty, mountinfo: "" };
    expect(await identifyPod(nothing, apiWith({}, asked))).toEqual(
      fail(
        `cannot tell which pod this is: POD_NAME, POD_NAMESPACE and POD_UID are not all set; no mount of /proc/self/mountinfo comes from kubelet; so there is nothing to ask the API for. ${fix}`,
      ),
    );
    expect(asked).toEqual([]);
  });
});
