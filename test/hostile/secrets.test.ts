import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { startFakeCluster, type FakeCluster } from "../kubernetes/fake-cluster.ts";
import { said } from "../log.ts";
import { isRoot } from "../namespaces.ts";
import { INIT, runInit } from "../run-init.ts";
import { makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

const SECRETS = { DB_PASSWORD: "correct-horse-battery", "API.TOKEN": "s3cr3t/+value==" };

/** Prints secrets of all kinds on both streams and leaves one in its message. */
const TELL_ALL = [
  'echo "stdout has $DB_PASSWORD"',
  "echo 'dial postgres://me:pg-pass-word@db: refused'",
  'echo "error: cannot log in with $DB_PASSWORD" >&2',
].join("\n");

const VALUES = ["correct-horse-battery", "pg-pass-word"];

type Left = Readonly<Record<string, string>>;

/** Runs the scripts, and gives all that is left of it beside the live log. */
async function leftBy(
  scripts: Readonly<Record<string, Entry>>,
  args: readonly string[] = [],
  options: Parameters<typeof runInit>[1] = {},
): Promise<{ readonly left: Left; readonly stdout: string; readonly stderr: string }> {
  const directory = temporaryDirectory("host");
  const run = await runInit(
    [
      `-scripts=${makeScripts(scripts)}`,
      `--state-dir=${directory}/state`,
      `--termination-log=${directory}/message`,
      ...args,
    ],
    { ...options, env: { ...SECRETS, ...options.env } },
  );
  const read = (name: string): string => readFileSync(`${directory}/${name}`, "utf8");
  return {
    left: {
      message: read("message"),
      record: read("state/record.jsonl"),
      lastRun: read("state/last-run.json"),
    },
    stdout: run.stdout.toString(),
    stderr: run.stderr.toString(),
  };
}

function expectNoSecrets(left: Left): void {
  for (const [where, text] of Object.entries(left)) {
    const found = VALUES.filter((value) => text.includes(value));
    expect({ where, found }).toEqual({ where, found: [] });
  }
}

describe.concurrent("secrets", () => {
  for (const args of [[], ["--event-output=none"]]) {
    test(`printed by a script that fails, with ${args.join() || "defaults"}`, async () => {
      const { left, stdout, stderr } = await leftBy({ "10-a": shell(`${TELL_ALL}\nexit 3`) }, args);
      expectNoSecrets(left);
      expect(left["lastRun"]).toContain("stdout has [redacted]");
      expect(left["lastRun"]).toContain("postgres://me:[redacted]@db");
      // The log is the script's own.
      expect(stdout).toContain("stdout has correct-horse-battery");
      expect(stderr).toContain("error: cannot log in with correct-horse-battery\n");
      if (args.length === 0) expect(left["message"]).toContain("cannot log in with [redacted]");
    });
  }

  test("printed by scripts that pass, warn, time out, and are retried", async () => {
    const { left } = await leftBy({
      "10-a": shell(TELL_ALL),
      "20-b": shell(`${TELL_ALL}\nexit 1`, "on-failure=warn retries=1 retry-delay=1ms"),
      "30-c": shell(`${TELL_ALL}\nsleep 100`, "timeout=3s"),
    });
    expectNoSecrets(left);
    expect(left["lastRun"]?.split("stdout has [redacted]")).toHaveLength(4);
  });

  test("in the message that a script leaves: cause, fix, parameters, link", async () => {
    const { left } = await leftBy({
      "10-a": shell(
        `"$INIT" fail --code NoLogin --param "with=$DB_PASSWORD" --link "https://x/?password=pg-pass-word" "no login with $DB_PASSWORD" "Replace $DB_PASSWORD"`,
      ),
    });
    expectNoSecrets(left);
    expect(left["message"]).toContain("no login with [redacted]. Replace [redacted]");
    expect(left["record"]).toContain('"with":"[redacted]"');
    expect(left["record"]).toContain("https://x/?password=[redacted]");
  });

  test("at the place where the kept output begins", async () => {
    const { left } = await leftBy({
      "10-a": shell('printf "%s%4080s\\n" "$DB_PASSWORD" end; exit 1'),
    });
    expectNoSecrets(left);
    expect(left["lastRun"]).not.toContain("battery");
  });
});

describe.skipIf(!isRoot)("secrets in an event (needs root)", () => {
  let cluster: FakeCluster;
  beforeAll(() => {
    cluster = startFakeCluster();
  });
  afterAll(async () => cluster.stop());

  test("neither in its message nor in its annotations", async () => {
    const { access, pod, namespace } = cluster;
    const mount =
      'mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io && cp -r "$0" /run/secrets/kubernetes.io/serviceaccount && exec "$@"';
    await leftBy({ "10-a": shell(`${TELL_ALL}\nexit 3`) }, [], {
      env: {
        ...(access.env as Readonly<Record<string, string>>),
        POD_NAME: pod.name,
        POD_NAMESPACE: namespace,
        POD_UID: pod.uid,
        NODE_IMAGE: "node:2.1.0",
      },
      wrap: ["unshare", "--mount", "bash", "-c", mount, access.serviceAccountDir],
    });
    const events = JSON.stringify(cluster.events());
    expect(events).toContain("cannot log in with [redacted]");
    expectNoSecrets({ events });
  });
});

test("no cause of a bundled check changes with the operator's variables", async () => {
  const script = resolve(dirname(INIT), "scripts/05-requirements/etcd.ts");
  const scripts = makeScripts({ "10-etcd": { content: readFileSync(script), mode: 0o755 } });
  const pki = temporaryDirectory("PKI");
  for (const name of ["ca.crt", "client.crt", "client.key"])
    writeFileSync(`${pki}/${name}`, "garbage\n");
  const files = {
    ETCD_TLS_CLIENT_CA: `${pki}/ca.crt`,
    ETCD_TLS_CLIENT_CERT: `${pki}/client.crt`,
    ETCD_TLS_CLIENT_KEY: `${pki}/client.key`,
    ETCD_ENDPOINTS: "https://127.0.0.1:1",
    BOOTSTRAP_PASSWORD: "correct-horse-battery",
  };
  const { stderr } = await runInit([`-scripts=${scripts}`], { env: files });
  const plain = await runInit([`-scripts=${scripts}`], {
    env: { ...files, BOOTSTRAP_PASSWORD: "" },
  });
  const causes = (log: Buffer): readonly string[] =>
    said(log).filter((line) => /^(?:cause|fix|warning): /.test(line));
  expect(causes(stderr).join("\n")).toContain("(EtcdTlsInvalid)");
  expect(causes(stderr)).toEqual(causes(plain.stderr));
  expect(stderr.toString()).not.toContain("[redacted]");
});
