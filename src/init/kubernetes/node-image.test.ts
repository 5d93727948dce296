import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type FakeCluster, startFakeCluster } from "../../../test/kubernetes/fake-cluster.ts";
import { lookUp, messageOf as wordsOf, mountsOf } from "../../../test/kubernetes/container.ts";
import { environmentFor, status, writeServiceAccount } from "../../../test/kubernetes/servers.ts";

let cluster: FakeCluster;
beforeAll(() => {
  cluster = startFakeCluster();
});
beforeEach(() => {
  cluster.api.requests.length = 0;
  cluster.api.intercept = () => undefined;
  cluster.setTemplateImage("storageos/node:v9.9.9");
});
afterAll(async () => cluster.stop());

const orGive = "or give the image with -nodeImage or NODE_IMAGE";

/** The whole message, with the server's address as SERVER. */
async function messageOf(...args: Parameters<typeof lookUp>): Promise<string> {
  const { found } = await lookUp(...args);
  if (found.ok) return `found ${found.value.image}`;
  return withoutServer(wordsOf(found.error));
}

function withoutServer(text: string): string {
  return text.replaceAll(/https:\/\/[^/]+/g, "SERVER");
}

describe("an image that is given", () => {
  test("by the flag wins over NODE_IMAGE, and needs no call", async () => {
    const env = { ...cluster.access.env, NODE_IMAGE: "storageos/node:v1.0.0" };
    expect((await lookUp(cluster, { flag: "storageos/node:v2.0.0", env })).found).toEqual({
      ok: true,
      value: { image: "storageos/node:v2.0.0", source: "-nodeImage" },
    });
    expect((await lookUp(cluster, { flag: "", env })).found).toEqual({
      ok: true,
      value: { image: "storageos/node:v1.0.0", source: "NODE_IMAGE" },
    });
    expect(cluster.api.requests).toEqual([]);
  });

  test("must be an image reference", async () => {
    expect(await messageOf(cluster, { flag: "Storage OS" })).toBe(
      'decided: cannot use the node image from -nodeImage: "Storage OS" is no image reference: "Storage OS" cannot stand in a repository\'s name. Correct -nodeImage (NodeImageInvalid)',
    );
  });

  test("is none outside a cluster, and that is no failure", async () => {
    expect((await lookUp(cluster, { env: {} })).found).toEqual({
      ok: true,
      value: { image: undefined, source: "none given, and this is not in a cluster" },
    });
  });
});

describe("where the pod may not be read", () => {
  beforeEach(() => {
    cluster.api.intercept = ({ path }) =>
      path === cluster.podPath ? status(403, "Forbidden", "pods is forbidden") : undefined;
  });

  test("the template's image is taken and the reason said", async () => {
    const { found, log } = await lookUp(cluster);
    const source = "the template of DaemonSet storage/node";
    expect(found).toEqual({ ok: true, value: { image: "storageos/node:v9.9.9", source } });
    expect(log.map(withoutServer)).toEqual([
      `node image storageos/node:v9.9.9 is from ${source}, which may be newer than this pod: GET SERVER${cluster.podPath}: 403 Forbidden: pods is forbidden`,
    ]);
  });

  test("nor the DaemonSet, the missing rule is named, and 403 once", async () => {
    cluster.api.intercept = ({ path }) =>
      status(403, "Forbidden", `no ${path === cluster.podPath ? "pods" : "daemonsets"} for you`);
    expect(await messageOf(cluster)).toBe(
      `decided: cannot look up the node image: GET SERVER${cluster.daemonSetPath}: 403 Forbidden: no daemonsets for you (and not from this pod's own spec: no pods for you). Allow the pod's ServiceAccount "get" on pods, or on daemonsets with the resource name node, in a Role in namespace storage (deploy/rbac.yaml), ${orGive} (ApiForbidden)`,
    );
  });

  test("a DaemonSet that is not there is named", async () => {
    expect(await messageOf(cluster, { dsName: "other" })).toStartWith(
      `decided: cannot look up the node image: GET SERVER${cluster.daemonSetPath.replace(/node$/, "other")}: 404 NotFound: `,
    );
    expect(await messageOf(cluster, { dsName: "other" })).toEndWith(
      `. Name this pod's DaemonSet with -dsName and -dsNamespace, ${orGive} (DaemonSetNotFound)`,
    );
  });

  test("a template without the container names those it has", async () => {
    expect(await messageOf(cluster, { container: "node" })).toBe(
      `decided: cannot look up the node image: DaemonSet storage/node has no container "node", only "storageos". Name the node container with --container, ${orGive} (NodeContainerNotFound)`,
    );
  });
});

test("a token that is not taken is told, after it was read again", async () => {
  cluster.api.intercept = () => status(401, "Unauthorized", "Unauthorized");
  expect(await messageOf(cluster)).toEndWith(
    `. The ServiceAccount's token is not valid: check that the ServiceAccount still exists and that this node's clock is right, ${orGive} (ApiUnauthorized)`,
  );
});

test("a pod without a ServiceAccount's token is told", async () => {
  const serviceAccountDir = join(cluster.access.serviceAccountDir, "absent");
  expect(await messageOf(cluster, { serviceAccountDir })).toBe(
    `decided: cannot look up the node image: ${serviceAccountDir}/ca.crt: ENOENT. Give the pod its ServiceAccount's token (automountServiceAccountToken: true), ${orGive} (ApiCredentialsMissing)`,
  );
});

describe("an API server", () => {
  test("that is down for a moment is asked again, and that is said once", async () => {
    cluster.api.intercept = () =>
      cluster.api.requests.length < 3 ? status(503, "ServiceUnavailable", "starting") : undefined;
    cluster.setTemplateImage(cluster.pod.image);
    const { found, log } = await lookUp(cluster);
    expect(found).toMatchObject({ ok: true, value: { image: cluster.pod.image } });
    expect(log.map(withoutServer)).toEqual([
      `node image: GET SERVER${cluster.podPath}: 503 ServiceUnavailable: starting; trying for 60 s`,
    ]);
  });

  test("that stays down is unreachable, and the DaemonSet is not asked for too", async () => {
    cluster.api.intercept = () => status(500, "InternalError", "no leader");
    const { found, log } = await lookUp(cluster, {}, 800);
    expect(found.ok ? "" : withoutServer(wordsOf(found.error))).toBe(
      `undecided: cannot look up the node image: GET SERVER${cluster.podPath}: 500 InternalError: no leader. Check the API server's health: kubectl get --raw '/readyz?verbose', ${orGive} (ApiServerError)`,
    );
    expect(new Set(cluster.api.requests.map(({ path }) => path)).size).toBe(1);
    expect(log.length).toBe(1);
  });

  test("that is not there is unreachable, also to tell which pod this is", async () => {
    const env = environmentFor(443, "api.invalid");
    const { found } = await lookUp(cluster, { env, mountinfo: mountsOf(cluster.pod.uid) }, 1_000);
    const words = found.ok ? "" : wordsOf(found.error);
    expect(words).toStartWith(
      "undecided: cannot look up the node image: GET https://api.invalid:443/api/v1/namespaces/storage/pods?fieldSelector=",
    );
    expect(words).toContain(": the name cannot be resolved. Check that the API server is up");
  });

  test("whose certificate is not trusted is unreachable at once", async () => {
    const serviceAccountDir = join(cluster.access.serviceAccountDir, "stranger");
    const stranger = startFakeCluster();
    const ca = await Bun.file(join(stranger.access.serviceAccountDir, "ca.crt")).text();
    await stranger.stop();
    writeServiceAccount(serviceAccountDir, ca);
    expect(await messageOf(cluster, { serviceAccountDir })).toBe(
      `undecided: cannot look up the node image: GET SERVER${cluster.podPath}: the API server's certificate is not trusted: it was not signed by the cluster's CA (ca.crt). Check the API server's certificate, and this node's clock, ${orGive} (ApiCertificateNotTrusted)`,
    );
    rmSync(serviceAccountDir, { recursive: true });
  });
});
