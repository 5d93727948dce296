import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { DriverInput, DriverOutput } from "./driver.ts";
import { type FakeCluster, startFakeCluster } from "./fake-cluster.ts";
import { failure } from "./container.ts";

let cluster: FakeCluster;
beforeAll(() => {
  cluster = startFakeCluster();
});
afterAll(async () => cluster.stop());

async function runDriver(env: Record<string, string>, ca = cluster): Promise<DriverOutput> {
  const input: DriverInput = {
    serviceAccountDir: ca.access.serviceAccountDir,
    dsName: cluster.daemonSet,
    dsNamespace: cluster.namespace,
    container: "storageos",
    lookUp: true,
    events: [{ ...failure, reason: "NodePrepared" }],
  };
  const driver = join(import.meta.dir, "driver.ts");
  const identity = {
    POD_NAME: cluster.pod.name,
    POD_NAMESPACE: "storage",
    POD_UID: cluster.pod.uid,
  };
  const child = Bun.spawn([process.execPath, driver, JSON.stringify(input)], {
    env: { ...cluster.access.env, ...identity, ...env },
    stderr: "inherit",
  });
  const output = (await new Response(child.stdout).json()) as DriverOutput;
  expect(await child.exited).toBe(0);
  return output;
}

const found: DriverOutput["image"] = {
  ok: true,
  value: { image: "storageos/node:v1.4.0", source: "Pod storage/node-x7k2p" },
};

test("a proxy in the environment never sees the token", async () => {
  const proxy = "http://127.0.0.1:1";
  const env = { HTTPS_PROXY: proxy, https_proxy: proxy, HTTP_PROXY: proxy, ALL_PROXY: proxy };
  expect(await runDriver(env)).toEqual({ image: found, log: [] });
  expect(cluster.events().length).toBe(1);
});

test("NODE_TLS_REJECT_UNAUTHORIZED does not switch the check of the certificate off", async () => {
  const stranger = startFakeCluster();
  const { image } = await runDriver({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, stranger);
  await stranger.stop();
  expect(image?.ok === false && image.error.failure.cause).toContain(
    "the API server's certificate is not trusted",
  );
});
