import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type EtcdServer, freePort, startCluster, startEtcd } from "./etcd-server.ts";
import { failed, passed, passedWithWarning, runCheck, testAsRoot } from "./run-check.ts";

const check = (env: Readonly<Record<string, string>>) => runCheck("etcd", { env });
const hasEtcd = Bun.which("etcd") !== null;
const REFUSES = "refuses the connection";
const START = "See that etcd runs there and listens on that address (--listen-client-urls).";

test("without ETCD_ENDPOINTS none is asked", async () => {
  expect(await check({})).toEqual(passed("etcd: ETCD_ENDPOINTS is not set, so none is asked"));
});

test("endpoints that are no addresses fail", async () => {
  expect(await check({ ETCD_ENDPOINTS: "a:2379,grpc://b" })).toEqual(
    failed(
      "etcd",
      'cannot use ETCD_ENDPOINTS="a:2379,grpc://b": it must be addresses. Set it in the init container\'s environment as in ' +
        "ETCD_ENDPOINTS=https://etcd-1.example:2379,https://etcd-2.example:2379, or leave it out.",
    ),
  );
});

describe.skipIf(!hasEtcd)("etcd without TLS", () => {
  let etcd: EtcdServer;
  beforeAll(async () => {
    etcd = await startEtcd();
  });
  afterAll(async () => etcd.stop());

  test("passes, with a scheme and without", async () => {
    const endpoints = `${etcd.endpoint}, http://${etcd.endpoint}`;
    expect(await check({ ETCD_ENDPOINTS: endpoints })).toEqual(
      passed(`etcd: ${etcd.endpoint}, http://${etcd.endpoint} healthy`),
    );
  });

  test("one of two that is down warns", async () => {
    const down = `127.0.0.1:${freePort()}`;
    expect(await check({ ETCD_ENDPOINTS: `${down},${etcd.endpoint}` })).toEqual(
      passedWithWarning(
        "etcd",
        `1 of 2 etcd endpoints cannot be used: ${down} ${REFUSES}. ${START}`,
      ),
    );
  });

  test("TLS asked of it fails", async () => {
    expect(await check({ ETCD_ENDPOINTS: `https://${etcd.endpoint}` })).toEqual(
      failed(
        "etcd",
        `cannot use etcd: https://${etcd.endpoint} fails the TLS handshake: it speaks no TLS, or refuses the client certificate. ` +
          "Set ETCD_TLS_CLIENT_CERT and ETCD_TLS_CLIENT_KEY to a certificate that etcd's --trusted-ca-file vouches for; " +
          "where etcd has no TLS, write http:// in ETCD_ENDPOINTS.",
      ),
    );
  });
});

test("all down fails, and every one is named", async () => {
  const [a, b] = [`127.0.0.1:${freePort()}`, `127.0.0.1:${freePort()}`];
  expect(await check({ ETCD_ENDPOINTS: `${a},${b}` })).toEqual(
    failed("etcd", `cannot use etcd: ${a} ${REFUSES}; ${b} ${REFUSES}. ${START}`),
  );
});

test("one that does not answer fails at the deadline", async () => {
  using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const env = { ETCD_ENDPOINTS: `127.0.0.1:${server.port}`, STORAGEOS_ETCD_TIMEOUT: "200ms" };
  expect(await check(env)).toEqual(
    failed(
      "etcd",
      `cannot use etcd: 127.0.0.1:${server.port} does not answer within 0.2 s. ` +
        `See that it runs, and that firewalls let this node reach its port ${server.port}.`,
    ),
  );
});

testAsRoot("names that cannot be looked up fail", async () => {
  const seen = await runCheck("etcd", {
    inside: ["unshare", "--net"],
    env: { ETCD_ENDPOINTS: "etcd.storage.invalid:2379" },
  });
  expect(seen).toEqual(
    failed(
      "etcd",
      "cannot use etcd: etcd.storage.invalid:2379 has a name that cannot be looked up: no DNS server answers. " +
        "See to the DNS of this node: /etc/resolv.conf, and the way to the servers in it.",
    ),
  );
});

testAsRoot("a name that is not found fails", async () => {
  const seen = await runCheck("etcd", {
    inside: ["unshare", "--mount"],
    shell:
      'mount -t tmpfs none /mnt; echo "hosts: files" > /mnt/n; mount --bind /mnt/n /etc/nsswitch.conf; "$@"',
    env: { ETCD_ENDPOINTS: "etcd.storage.invalid:2379" },
  });
  expect(seen).toEqual(
    failed(
      "etcd",
      "cannot use etcd: etcd.storage.invalid:2379 has a name that is not found. Correct ETCD_ENDPOINTS, or the DNS of this node " +
        "(a pod with hostNetwork sees names of the cluster only with dnsPolicy: ClusterFirstWithHostNet).",
    ),
  );
});

test("another server fails", async () => {
  using server = Bun.serve({ port: 0, fetch: () => new Response("no such page", { status: 404 }) });
  expect(await check({ ETCD_ENDPOINTS: `localhost:${server.port}` })).toEqual(
    failed(
      "etcd",
      `cannot use etcd: localhost:${server.port} answers with HTTP 404 (no such page), which is not an etcd health response. Correct ETCD_ENDPOINTS.`,
    ),
  );
});

test.skipIf(!hasEtcd)(
  "etcd that has lost its quorum fails",
  async () => {
    const [left, lost] = await startCluster(2);
    await lost?.stop();
    const seen = await check({ ETCD_ENDPOINTS: left?.endpoint ?? "" });
    await left?.stop();
    expect(seen).toEqual(
      failed(
        "etcd",
        `cannot use etcd: ${left?.endpoint} is not healthy: {"health":"false"}. ` +
          "See etcdctl endpoint health and the log of etcd: it may have lost its quorum.",
      ),
    );
  },
  30_000,
);
