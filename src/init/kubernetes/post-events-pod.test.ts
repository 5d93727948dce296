import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { failure, mountsOf, postAll } from "../../../test/kubernetes/container.ts";
import { type FakeCluster, startFakeCluster } from "../../../test/kubernetes/fake-cluster.ts";
import { status } from "../../../test/kubernetes/servers.ts";

let cluster: FakeCluster;
beforeAll(() => {
  cluster = startFakeCluster();
});
beforeEach(() => {
  cluster.removeEvents();
  cluster.api.requests.length = 0;
  cluster.api.intercept = () => undefined;
});
afterAll(async () => cluster.stop());

const other = { ...failure, script: "02-limits" };
const methods = (): string[] => cluster.api.requests.map(({ method }) => method);

describe("what the event is of", () => {
  const field = (): string | undefined => cluster.events()[0]?.involvedObject.fieldPath;
  const mounts = { mountinfo: mountsOf("of no pod"), cgroup: "" };

  test("is the container that the mounts name, without another request", async () => {
    await postAll(cluster, [failure]);
    expect(field()).toBe("spec.initContainers{my-init}");
    expect(methods()).toEqual(["POST"]);
  });

  test("is the pod's only init container, where they do not", async () => {
    cluster.setInitContainers(["setup"]);
    await postAll(cluster, [failure], mounts);
    expect(field()).toBe("spec.initContainers{setup}");
    expect(methods()).toEqual(["GET", "POST"]);
  });

  test("is no container, where there are several or the pod may not be read", async () => {
    cluster.setInitContainers(["setup", "other"]);
    await postAll(cluster, [failure], mounts);
    expect(field()).toBeUndefined();
    cluster.setInitContainers(["setup"]);
    cluster.removeEvents();
    cluster.api.intercept = ({ method }) =>
      method === "GET" ? status(403, "Forbidden", "no") : undefined;
    expect(await postAll(cluster, [failure], mounts)).toEqual([]);
    expect(field()).toBeUndefined();
  });
});

describe("a pod that the API shows only later", () => {
  const env = () => ({ ...cluster.access.env, POD_NAMESPACE: "storage" });
  const whereabouts = async () => ({ addresses: ["192.0.2.7"], names: ["this-host"] });
  const posted = () => cluster.events().map(({ involvedObject }) => involvedObject.uid);

  test("has its events posted at the end of the run, within five requests", async () => {
    cluster.setPodIp(undefined);
    cluster.api.intercept = ({ path }) => {
      if (path.includes("this-host")) cluster.setPodIp("192.0.2.7");
      return undefined;
    };
    const log = await postAll(cluster, [failure, other], { env: env(), whereabouts });
    expect(log).toEqual([
      expect.stringMatching(/^this is pod storage\/node-x7k2p, as the API shows; POD_NAME, /),
    ]);
    expect(posted()).toEqual([cluster.pod.uid, cluster.pod.uid]);
    expect(methods()).toEqual(["GET", "GET", "GET", "POST", "POST"]);
  });
});

test("forty failed scripts are twelve requests", async () => {
  const scripts = Array.from({ length: 40 }, (_, index) => ({ ...failure, script: `s${index}` }));
  await postAll(cluster, scripts);
  expect(methods().length).toBe(11);
  expect(
    cluster
      .events()
      .map(({ message }) => message)
      .join("\n"),
  ).toContain("30 further scripts: s10: Module tcm_loop not found; s11: ");
});
