import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { explainedEntries, TOPICS } from "../failure/registry.ts";
import { createRedact, redactStart, secretsIn } from "./redact.ts";

const nothing = (): boolean => false;

function redactWith(env: Readonly<Record<string, string>>): (text: string) => string {
  return createRedact(secretsIn(env, nothing));
}

describe("which variables are secret", () => {
  for (const [name, value, isSecret] of [
    ["TOKEN", "hunter2-hunter2", true],
    ["db_password", "hunter2-hunter2", true],
    ["AWS_SECRET_ACCESS", "hunter2-hunter2", true],
    ["API-KEY", "hunter2-hunter2", true],
    ["credential", "hunter2-hunter2", true],
    ["CREDENTIALS_JSON", "hunter2-hunter2", true],
    ["REGISTRY_AUTH", "hunter2-hunter2", true],
    ["MONKEY", "hunter2-hunter2", false],
    ["AUTHOR", "hunter2-hunter2", false],
    ["TOKENIZER", "hunter2-hunter2", false],
    ["KEY", "hunter2", false],
    ["KEY", "пароль", true],
    ["KEY", "1234567890", false],
    ["KEY", "-1.234.567,89", false],
    ["AUTH", "disabled", false],
    ["ETCD_TLS_CLIENT_KEY", "/run/storageos/pki/etcd-client.key", false],
    ["KEY", "/etc/A/b", true],
    ["KEY", "https://vault.example:8200/v1", false],
    ["KEY", "https://user:pw@vault.example", true],
    ["KEY", "", false],
  ] as const) {
    test(`${name}=${value}`, () => {
      expect(secretsIn({ [name]: value }, nothing).includes(value)).toBe(isSecret);
    });
  }

  test("a path that exists is none", () => {
    expect(secretsIn({ KEY: "/etc/A/b" }, (path) => path === "/etc/A/b")).toEqual([]);
  });

  test("the longest first", () => {
    const env = { A_TOKEN: "secret-one", B_TOKEN: "secret-one-and-more" };
    expect(redactWith(env)("x secret-one-and-more y secret-one")).toBe("x [redacted] y [redacted]");
  });

  test("in other forms: JSON, URL, base64, lines of a key, cut at either end", () => {
    const redact = redactWith({
      TOKEN: 'a"b/c d+e\\f',
      KEY: "-----BEGIN X-----\nMIIBlongline\nzz",
    });
    for (const text of [
      JSON.stringify('a"b/c d+e\\f').slice(1, -1),
      encodeURIComponent('a"b/c d+e\\f'),
      Buffer.from('a"b/c d+e\\f').toString("base64").replace(/=+$/, ""),
      "MIIBlongline",
    ])
      expect(redact(`<${text}>`)).toBe("<[redacted]>");
    expect(redact('failed: a"b/c …')).toBe("failed: [redacted]…");
    expect(redact("…longline failed")).toBe("…[redacted] failed");
    expect(redactStart("longline failed", ["MIIBlongline"])).toBe("[redacted] failed");
  });
});

describe("what is secret by its shape", () => {
  for (const [text, redacted] of [
    ["Authorization: Basic dXNlcjpwdw==", "Authorization: Basic [redacted]"],
    ["sent 'Authorization: Bearer abc'", "sent 'Authorization: Bearer [redacted]'"],
    ["bearer eyJhbGciOiJSUzI1.eyJzdWIiOiJzeXN0.c2ln failed", "bearer [redacted] failed"],
    ["Bearer 0123456789abcdef refused", "Bearer [redacted] refused"],
    ["token eyJhbGciOiJSUzI1.eyJzdWIiOiJzeXN0.", "token [redacted]"],
    ["cannot log in: password=hunter2, user=x", "cannot log in: password=[redacted], user=x"],
    ["mount -o credentials='a b',rw", "mount -o credentials=[redacted],rw"],
    ["curl ?api_key=abc&x=1", "curl ?api_key=[redacted]&x=1"],
    ['{"db-password": "a b", "x": 1}', '{"db-password": "[redacted]", "x": 1}'],
    [
      "dial postgres://me:pw@db:5432/x: refused",
      "dial postgres://me:[redacted]@db:5432/x: refused",
    ],
    ["clone https://ghp_0123456789abcdef@github.com", "clone https://[redacted]@github.com"],
    ["x -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- y", "x [redacted] y"],
    ["x -----BEGIN PRIVATE KEY-----\nMII", "x [redacted]"],
    ["MIIE\nabc=\n-----END PRIVATE KEY-----\nbye", "[redacted]\nbye"],
  ] as const) {
    test(JSON.stringify(text), () => {
      expect(createRedact([])(text)).toBe(redacted);
      expect(createRedact([])(redacted)).toBe(redacted);
    });
  }

  for (const text of [
    "basic authentication failed: no bearer certificate",
    "https://192.0.2.1:2379 answers 401: set the password",
    "user@host:/path and http://a:80/b@c",
    "cannot read the token: permission denied",
    "-----BEGIN CERTIFICATE-----",
  ]) {
    test(`not ${text}`, () => expect(createRedact([])(text)).toBe(text));
  }
});

describe("properties", () => {
  const value = fc.string({ unit: "grapheme", minLength: 8, maxLength: 40 });

  test("no value of a secret variable is left, and twice is as once", () => {
    fc.assert(
      fc.property(value, value, fc.string(), fc.string(), (one, two, before, after) => {
        const secrets = secretsIn({ A_TOKEN: one, B_KEY: two }, nothing);
        const redact = createRedact(secrets);
        const redacted = redact(`${before}${one}${after}${two}…`);
        for (const secret of secrets)
          if (!"[redacted]".includes(secret) && !`${before}${after}`.includes(secret))
            expect(redacted.split("[redacted]").join("\0")).not.toContain(secret);
        expect(redact(redacted)).toBe(redacted);
      }),
    );
  });

  test("any text takes little time, whatever it is made of", () => {
    const pieces = ["password=", "-", "a", "://", ":", "@", "Bearer ", "eyJ", ".", "…", '"', " "];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((all) => all.join(""));
    const redact = createRedact(["secret-value"]);
    fc.assert(
      fc.property(text, (part) => {
        const start = process.cpuUsage().user;
        redact(part.repeat(Math.ceil(8192 / Math.max(1, part.length))));
        expect(process.cpuUsage().user - start).toBeLessThan(5_000_000);
      }),
      { numRuns: 60 },
    );
  });
});

/** As operators set them; paths that do not exist are what a check has to name. */
const OPERATORS = {
  ETCD_TLS_CLIENT_CA: "/run/storageos/pki/etcd-client-ca.crt",
  ETCD_TLS_CLIENT_CERT: "/run/storageos/pki/etcd-client.crt",
  ETCD_TLS_CLIENT_KEY: "/run/storageos/pki/etcd-client.key",
  ETCD_ENDPOINTS: "https://storageos-etcd.storageos-etcd:2379,https://192.0.2.7:2379",
  BOOTSTRAP_USERNAME: "storageos",
  BOOTSTRAP_PASSWORD: "hunter2-hunter2",
  DISABLE_TCMU: "false",
  K8S_DISTRO: "openshift",
  DEVICE_DIR: "/var/lib/kubelet/plugins/kubernetes.io~storageos/devices",
  RECOMMENDED_MAX_PIDS_LIMIT: "32768",
};

test("no failure of the registry changes, whatever operators set", () => {
  const redact = redactWith(OPERATORS);
  for (const { code, cause, fix, entry } of TOPICS.flatMap(explainedEntries)) {
    const words = [cause, fix, ...Object.values(entry.example)];
    expect({ code, words: words.map(redact) }).toEqual({ code, words });
  }
});
