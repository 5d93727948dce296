import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fail, ok } from "../../lib/result.ts";
import type { ApiCode } from "../../lib/failure/topics/cluster.ts";
import { findPod, type Get, type PodSearch, type Whereabouts } from "./find-pod.ts";

const uid = "f9e47119-1153-4435-838e-f3f6e9181238";
const otherUid = "0b2a280e-e975-4a48-b908-a29da7b9da2d";
const directory = mkdtempSync(join(tmpdir(), "find-pod-test-"));
afterAll(() => rmSync(directory, { recursive: true }));
writeFileSync(join(directory, "token"), "a legacy token");

const PODS = "/api/v1/namespaces/storage/pods";
const byAddress = (address: string) =>
  `${PODS}?fieldSelector=status.podIP%3D${encodeURIComponent(address)}&resourceVersion=0`;
const byNode = (node: string) => `${PODS}?fieldSelector=spec.nodeName%3D${node}&resourceVersion=0`;
const ADDRESSES = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::4"];
const NAMES = ["node.example.org", "node"];

function searchWith(
  whereabouts: Whereabouts = { addresses: ADDRESSES, names: NAMES },
  env: Record<string, string> = {},
  mounted = true,
): PodSearch {
  const mountinfo = mounted ? `1 2 0:1 /pods/${uid}/etc-hosts /etc/hosts rw - ext4 a rw` : "";
  const sources = { env, hostRoot: directory, serviceAccountDir: directory, mountinfo, cgroup: "" };
  return { sources, namespace: "storage", whereabouts: async () => whereabouts };
}

/** Answers lists with nothing, and paths of `answers` with that; `asked` has all it was asked for. */
function apiWith(answers: Record<string, object | ApiCode>, asked: string[] = []): Get {
  return (async ({ method, path }) => {
    asked.push(path);
    const answer = answers[path] ?? (path.includes("?") ? {} : "ApiObjectNotFound");
    if (typeof answer === "object") return ok(answer);
    const status = answer === "ApiForbidden" ? 403 : 404;
    return fail({ code: answer, call: `${method} ${path}`, what: `${status} No`, status });
  }) as Get;
}

const own = {
  metadata: { name: "node-x7k2p", uid },
  spec: {
    nodeName: "localhost",
    initContainers: [{ name: "setup" }],
    containers: [{ name: "storageos", image: "storageos/node:v2.4.2" }],
  },
};
const other = { ...own, metadata: { name: "other", uid: otherUid } };
const found = {
  identity: {
    namespace: "storage",
    name: "node-x7k2p",
    uid,
    node: "localhost",
    container: "setup",
  },
  pod: own,
};

describe("the API is asked for the pod", () => {
  test("by the host's addresses, and gives the node and the only init container", async () => {
    const asked: string[] = [];
    const api = apiWith({ [byAddress("10.0.0.2")]: { items: [other, own] } }, asked);
    expect(await findPod(searchWith(), api, "first")).toMatchObject(ok(found));
    expect(asked).toEqual([byAddress("10.0.0.1"), byAddress("10.0.0.2")]);
  });

  test("by the name of the node, which may be the host's", async () => {
    const asked: string[] = [];
    const api = apiWith({ [byNode("node")]: { items: [own] } }, asked);
    const search = searchWith({ addresses: ["10.0.0.1"], names: NAMES });
    expect(await findPod(search, api, "first")).toMatchObject(ok(found));
    expect(asked).toEqual([byAddress("10.0.0.1"), byNode("node.example.org"), byNode("node")]);
  });

  test("by NODE_NAME before all else", async () => {
    const asked: string[] = [];
    const api = apiWith({ [byNode("worker-1")]: { items: [own] } }, asked);
    const search = searchWith(undefined, { NODE_NAME: "worker-1" });
    const { node: _, ...identity } = found.identity;
    expect(await findPod(search, api, "first")).toMatchObject(ok({ identity }));
    expect(asked).toEqual([byNode("worker-1")]);
  });

  test("by the name that the downward API gives, for its uid", async () => {
    const env = { POD_NAME: "node-x7k2p", POD_NAMESPACE: "ns" };
    const path = "/api/v1/namespaces/ns/pods/node-x7k2p";
    const search = searchWith(undefined, env, false);
    const identity = { ...found.identity, namespace: "ns" };
    expect(await findPod(search, apiWith({ [path]: own }), "first")).toMatchObject(
      ok({ identity }),
    );
    const ownPath = `${PODS}/node-x7k2p`;
    const named = searchWith(undefined, { POD_NAME: "node-x7k2p" });
    expect(await findPod(named, apiWith({ [ownPath]: other }), "first")).toEqual(
      fail({
        tried: expect.stringContaining(`; GET ${ownPath}: this pod has another uid`),
        apiFailure: undefined,
      }),
    );
  });

  test("by the host's name, where pods may be read but not listed", async () => {
    const asked: string[] = [];
    const answers = { [byAddress("10.0.0.1")]: "ApiForbidden", [`${PODS}/${hostname()}`]: own };
    const api = apiWith(answers as Record<string, object | ApiCode>, asked);
    expect(await findPod(searchWith(), api, "first")).toMatchObject(ok(found));
    expect(asked.length).toBe(2);
  });
});

describe("the API is asked for little:", () => {
  test("at most three lists before the first script, none of a whole namespace", async () => {
    const asked: string[] = [];
    expect(await findPod(searchWith(), apiWith({}, asked), "first")).toEqual(
      fail({
        tried: `POD_NAME, POD_NAMESPACE and POD_UID are not all set; the ServiceAccount's token names no pod; cannot read ${directory}/var/log/pods: ENOENT; namespace storage has no pod with uid ${uid} and status.podIP 10.0.0.1 or 10.0.0.2, or spec.nodeName node.example.org`,
        apiFailure: undefined,
      }),
    );
    expect(asked).toEqual([
      byAddress("10.0.0.1"),
      byAddress("10.0.0.2"),
      byNode("node.example.org"),
    ]);
  });

  test("at the end of the run all addresses, and the names that were not asked for", async () => {
    const asked: string[] = [];
    const api = apiWith({ [byAddress("fd00::4")]: { items: [own] } }, asked);
    expect(await findPod(searchWith(), api, "last")).toMatchObject(ok(found));
    expect(asked).toEqual(ADDRESSES.map(byAddress));
    asked.length = 0;
    await findPod(searchWith(), apiWith({}, asked), "last");
    expect(asked).toEqual([...ADDRESSES.map(byAddress), byNode("node")]);
  });

  test("a list that is forbidden is not asked for in other words", async () => {
    const asked: string[] = [];
    const api = apiWith({ [byAddress("10.0.0.1")]: "ApiForbidden" }, asked);
    const result = await findPod(searchWith(), api, "first");
    expect(result.ok ? undefined : result.error.apiFailure?.code).toBe("ApiForbidden");
    expect(asked).toEqual([byAddress("10.0.0.1"), `${PODS}/${hostname()}`]);
  });

  test("nothing where there is nothing to ask for", async () => {
    const asked: string[] = [];
    const nothing = searchWith(undefined, {}, false);
    await findPod(nothing, apiWith({}, asked), "first");
    await findPod({ ...searchWith(), namespace: undefined }, apiWith({}, asked), "first");
    await findPod(searchWith({ addresses: [], names: [] }), apiWith({}, asked), "first");
    expect(asked).toEqual([]);
  });
});

test("of several init containers none is taken for this one", async () => {
  const two = { ...own, spec: { initContainers: [{ name: "a" }, { name: "b" }] } };
  const api = apiWith({ [byAddress("10.0.0.1")]: { items: [two] } });
  expect(await findPod(searchWith(), api, "first")).toMatchObject(
    ok({ identity: { container: undefined } }),
  );
});
