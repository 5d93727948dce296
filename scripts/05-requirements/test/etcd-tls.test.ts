import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { type EtcdServer, freePort, makeAuthority, startEtcd } from "./etcd-server.ts";
import { failed, passed, runCheck } from "./run-check.ts";

const check = (env: Readonly<Record<string, string>>) => runCheck("etcd", { env });

describe.skipIf(Bun.which("etcd") === null)("etcd with TLS", () => {
  const authority = makeAuthority();
  const other = makeAuthority();
  let etcd: EtcdServer;
  beforeAll(async () => {
    authority.issue("server", "IP:127.0.0.1,DNS:localhost");
    authority.issue("client", "DNS:client");
    authority.issue("expired", "DNS:client", -1);
    other.issue("client", "DNS:client");
    etcd = await startEtcd({ tls: authority });
  });
  afterAll(async () => {
    await etcd.stop();
    authority.remove();
    other.remove();
  });

  const files = (from = authority, name = "client") => ({
    ETCD_ENDPOINTS: etcd.endpoint,
    ETCD_TLS_CLIENT_CA: from.path("ca.crt"),
    ETCD_TLS_CLIENT_CERT: from.path(`${name}.crt`),
    ETCD_TLS_CLIENT_KEY: from.path(`${name}.key`),
  });

  test("passes with its certificates, with a scheme and without", async () => {
    const [a, b] = [etcd.endpoint, `https://${etcd.endpoint.replace("127.0.0.1", "localhost")}/`];
    expect(await check({ ...files(), ETCD_ENDPOINTS: `${a},${b}` })).toEqual(
      passed(`etcd: ${a}, ${b} healthy`),
    );
  });

  test("a wrong CA fails", async () => {
    expect(await check({ ...files(), ETCD_TLS_CLIENT_CA: other.path("ca.crt") })).toEqual(
      failed(
        "etcd",
        `cannot use etcd: ${etcd.endpoint} shows a certificate that ETCD_TLS_CLIENT_CA does not vouch for (UNABLE_TO_VERIFY_LEAF_SIGNATURE). ` +
          "Set ETCD_TLS_CLIENT_CA to the certificate of the authority that signed etcd's.",
      ),
    );
  });

  const HANDSHAKE =
    "fails the TLS handshake: it speaks no TLS, or refuses the client certificate. " +
    "Set ETCD_TLS_CLIENT_CERT and ETCD_TLS_CLIENT_KEY to a certificate that etcd's --trusted-ca-file vouches for; " +
    "where etcd has no TLS, write http:// in ETCD_ENDPOINTS.";

  test("a client certificate of a stranger fails, and so does none", async () => {
    const line = `cannot use etcd: ${etcd.endpoint} ${HANDSHAKE}`;
    const strange = { ...files(other), ETCD_TLS_CLIENT_CA: authority.path("ca.crt") };
    expect(await check(strange)).toEqual(failed("etcd", line));
    const none = { ETCD_ENDPOINTS: etcd.endpoint, ETCD_TLS_CLIENT_CA: authority.path("ca.crt") };
    expect(await check(none)).toEqual(failed("etcd", line));
  });

  test("asked without TLS fails", async () => {
    expect(await check({ ...files(), ETCD_ENDPOINTS: `http://${etcd.endpoint}` })).toEqual(
      failed(
        "etcd",
        `cannot use etcd: http://${etcd.endpoint} closes the connection: it may want TLS. ` +
          "Write https:// in ETCD_ENDPOINTS, or set ETCD_TLS_CLIENT_CA.",
      ),
    );
  });

  test("a certificate for another name fails", async () => {
    authority.issue("elsewhere", "DNS:elsewhere");
    const elsewhere = await startEtcd({ tls: authority, certificate: "elsewhere" });
    const seen = await check({ ...files(), ETCD_ENDPOINTS: elsewhere.endpoint });
    await elsewhere.stop();
    expect(seen).toEqual(
      failed(
        "etcd",
        `cannot use etcd: ${elsewhere.endpoint} shows a certificate for other names. ` +
          "Write a name of etcd's certificate in ETCD_ENDPOINTS, or issue the certificate for this one (subjectAltName).",
      ),
    );
  });

  test("a certificate that has expired fails", async () => {
    authority.issue("old", "IP:127.0.0.1", -1);
    const old = await startEtcd({ tls: authority, certificate: "old" });
    const seen = await check({ ...files(), ETCD_ENDPOINTS: old.endpoint });
    await old.stop();
    expect(seen).toEqual(
      failed(
        "etcd",
        `cannot use etcd: ${old.endpoint} shows a certificate that has expired. ` +
          "Renew etcd's certificate; if it has not expired, set this node's clock.",
      ),
    );
  });

  test("where the secret is not mounted it is only dialled", async () => {
    const env = {
      ETCD_ENDPOINTS: etcd.endpoint,
      ETCD_TLS_CLIENT_CA: "/run/nowhere/ca.crt",
      ETCD_TLS_CLIENT_CERT: "/run/nowhere/client.crt",
    };
    expect(await check(env)).toEqual(
      passed(
        `etcd: ${etcd.endpoint} can be reached; TLS is not tried, as the ETCD_TLS_* files are not here`,
      ),
    );
    const down = await check({ ...env, ETCD_ENDPOINTS: `127.0.0.1:${freePort()}` });
    expect(down.outcome).toBe("failed");
  });

  const RENEW =
    "Issue the client certificate for etcd again, and replace the secret that holds it and its key.";

  test("certificates that do not fit fail before anything is asked", async () => {
    const good = files();
    writeFileSync(authority.path("junk"), "junk");
    const junk = authority.path("junk");
    const expired = files(authority, "expired");
    const gone = authority.path("gone.crt");
    const cases = [
      [
        { ...good, ETCD_TLS_CLIENT_CERT: gone },
        `cannot read ETCD_TLS_CLIENT_CERT=${gone}: ENOENT. Mount the secret with etcd's certificates into the init container too, or correct the variable.`,
      ],
      [
        { ...good, ETCD_TLS_CLIENT_CA: junk },
        "cannot use ETCD_TLS_CLIENT_CA: its file holds no certificate in PEM. Correct the secret that it comes from.",
      ],
      [
        { ...good, ETCD_TLS_CLIENT_KEY: junk },
        "cannot use ETCD_TLS_CLIENT_KEY: its file holds no private key in PEM. Correct the secret that it comes from.",
      ],
      [
        { ...good, ETCD_TLS_CLIENT_KEY: other.path("client.key") },
        `cannot use ETCD_TLS_CLIENT_KEY: it is not the key of ETCD_TLS_CLIENT_CERT. ${RENEW}`,
      ],
      [
        { ...good, ETCD_TLS_CLIENT_KEY: "" },
        "cannot use ETCD_TLS_CLIENT_CERT without ETCD_TLS_CLIENT_KEY. Set both, or neither where etcd asks for no client certificate.",
      ],
    ] as const;
    for (const [env, line] of cases) expect(await check(env)).toEqual(failed("etcd", line));
    const { stderr } = await check(expired);
    expect(stderr).toMatch(/^cannot use ETCD_TLS_CLIENT_CERT: it expired at \d{4}-.*Z\. /);
    expect(stderr).toEndWith(`${RENEW}\n`);
  });
});
