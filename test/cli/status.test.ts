import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fakeKubectl, list, LIST, type Answer } from "../fleet/fake-kubectl.ts";
import { failed, passed } from "../fleet/nodes.ts";
import { INIT, runInit } from "../run-init.ts";
import { temporaryDirectory } from "../temporary.ts";

describe.concurrent("what is asked of kubectl", () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], LIST],
    [
      ["-n", "storage", "-l", "app=node"],
      "get --raw /api/v1/namespaces/storage/pods?labelSelector=app%3Dnode&limit=1000",
    ],
    [["-l", ""], "get --raw /api/v1/pods?limit=1000"],
    [["--context=east"], `--context=east ${LIST}`],
    [["-n=../../secrets"], LIST.replace("v1/", "v1/namespaces/..%2F..%2Fsecrets/")],
  ];
  for (const [args, call] of cases) {
    test(`status ${args.join(" ")}`, async () => {
      const kubectl = fakeKubectl([list(passed(1))]);
      const { status, stderr } = await runInit(["status", `--kubectl=${kubectl.path}`, ...args]);
      expect(stderr.toString()).toBe("");
      expect(status).toBe(0);
      expect(kubectl.calls()).toEqual([call]);
    });
  }

  test("with --nodes also the nodes", async () => {
    const items = ["node-1", "node-2"].map((name) => ({ metadata: { name } }));
    const nodes = { stdout: JSON.stringify({ kind: "NodeList", items }) };
    const { path, calls } = fakeKubectl([list(passed(1))], { "/api/v1/nodes?": nodes });
    const args = ["status", `--kubectl=${path}`, "--nodes=role=worker"];
    const { status, stdout } = await runInit(args);
    expect(stdout.toString()).toStartWith("1 of 2 nodes prepared, 1 not: 1 without a pod\n");
    expect(status).toBe(1);
    expect(calls()).toContain("get --raw /api/v1/nodes?labelSelector=role%3Dworker&limit=1000");
  });
});

describe.concurrent("what cannot be found out", () => {
  const cases: readonly (readonly [Answer, string])[] = [
    [
      { exitStatus: 1, stderr: "Unable to connect to the server: dial tcp: refused\n" },
      "cannot list pods: Unable to connect to the server: dial tcp: refused. Try the same with kubectl: kubectl get pods -A -l 'app=storageos,kind=daemonset'",
    ],
    [
      { exitStatus: 1, stderr: "Error from server (Forbidden): pods is forbidden\n" },
      "cannot list pods: Error from server (Forbidden): pods is forbidden. Give a namespace with -n, or ask for the right to list pods in all namespaces",
    ],
    [
      { stdout: '{"items":[{"metadata"' },
      "cannot read the list of pods: it ends in the middle of a document. Look at what kubectl prints: kubectl get pods -A -l 'app=storageos,kind=daemonset'",
    ],
    [
      list(),
      "unknown: no pods with the labels app=storageos,kind=daemonset in any namespace. Give their namespace with -n and their labels with -l",
    ],
  ];
  for (const [answer, message] of cases) {
    test(message, async () => {
      const { path } = fakeKubectl([answer]);
      const { status, stdout, stderr } = await runInit(["status", `--kubectl=${path}`]);
      expect(stderr.toString()).toBe(`init: ${message}\n`);
      expect(stdout.toString()).toBe("");
      expect(status).toBe(3);
    });
  }

  test("without kubectl", async () => {
    const { status, stderr } = await runInit(["status", "--kubectl=no-such-kubectl"]);
    expect(stderr.toString()).toBe(
      "init: cannot find no-such-kubectl. Install it, name another with --kubectl, or read a file with -f\n",
    );
    expect(status).toBe(3);
  });

  for (const args of [
    ["-f", "x", "--watch"],
    ["-f", "x", "--nodes", "a=b=c"],
    ["-o", "yaml"],
    ["x"],
    ["-scripts=x"],
  ]) {
    test(`status ${args.join(" ")} is a usage error`, async () => {
      const { status, stderr } = await runInit(["status", ...args]);
      expect(stderr.toString()).toStartWith("init: cannot ");
      expect(status).toBe(2);
    });
  }
});

describe.concurrent("status --metrics-file", () => {
  test("writes Prometheus text, and nothing beside it", async () => {
    const file = join(temporaryDirectory("metrics"), "init.prom");
    const kubectl = fakeKubectl([
      list(passed(1, 1500), failed(2, 'a "quoted" \\ cause on node-2')),
    ]);
    const { status } = await runInit([
      "status",
      `--kubectl=${kubectl.path}`,
      `--metrics-file=${file}`,
    ]);
    expect(status).toBe(1);
    expect(readdirSync(dirname(file))).toEqual(["init.prom"]);
    const text = readFileSync(file, "utf8");
    expect(text).toContain('storageos_init_nodes{state="prepared"} 1\n');
    expect(text).toContain(
      'storageos_init_cause_nodes{state="failed",script="01-a",code="ScriptFailed",cause="a \\"quoted\\" \\\\ cause on <node>"} 1\n',
    );
    expect(text).toContain(
      'storageos_init_script_duration_seconds{script="01-a",quantile="1"} 1.5\n',
    );
    const promtool = Bun.which("promtool");
    if (promtool === null)
      return void process.stderr.write("not checked with promtool: it is not there\n");
    const checked = Bun.spawnSync([promtool, "check", "metrics"], { stdin: Bun.file(file) });
    expect(checked.stdout.toString() + checked.stderr.toString()).toBe("");
    expect(checked.exitCode).toBe(0);
  });

  test("that cannot be written is told", async () => {
    const kubectl = fakeKubectl([list(passed(1))]);
    const args = ["status", `--kubectl=${kubectl.path}`, "--metrics-file=/nowhere/init.prom"];
    const { status, stderr } = await runInit(args);
    expect(stderr.toString()).toContain("init: cannot write /nowhere/init.prom: ");
    expect(status).toBe(3);
  });
});

test("as a plugin of kubectl it takes status for its command", async () => {
  const directory = temporaryDirectory("plugin");
  symlinkSync(INIT, join(directory, "kubectl-storageos_init"));
  const kubectl = fakeKubectl([list(passed(1))]);
  const child = Bun.spawn(
    [join(directory, "kubectl-storageos_init"), `--kubectl=${kubectl.path}`],
    {
      stdout: "pipe",
    },
  );
  expect(await new Response(child.stdout).text()).toStartWith("1 of 1 node prepared\n");
  expect(await child.exited).toBe(0);
});
