import { describe, expect, test } from "bun:test";
import { unhurried } from "../log.ts";
import { runInit } from "../run-init.ts";
import { file, makeScripts, shell, type Entry } from "../scripts-dir.ts";

type Finding = Readonly<Record<"level" | "path" | "line" | "code" | "cause" | "fix", unknown>>;

async function findingsIn(entries: Readonly<Record<string, Entry>>): Promise<readonly Finding[]> {
  const scripts = makeScripts(entries);
  const { stdout } = await runInit(["lint", `-scripts=${scripts}`, "-o", "json", "--timeout=1m"], {
    // Without shellcheck.
    env: { PATH: "/no/such/directory" },
  });
  const { findings } = JSON.parse(stdout.toString()) as { readonly findings: readonly Finding[] };
  return findings.map((finding) => ({
    ...finding,
    path: String(finding.path).replace(`${scripts}/`, ""),
  }));
}

const FAIL = '"$INIT" fail "no disk" "Add one"; exit 1';

describe.concurrent("init lint shows what breaks later", () => {
  const cases: readonly (readonly [string, Entry, readonly (readonly [number, RegExp])[]])[] = [
    ["a good script", shell(`[ -e /dev/sdq ] || { ${FAIL}; }`), []],
    [
      "once beside what a reboot takes away",
      shell("modprobe nvme-tcp", "once=per-content"),
      [[3, /^what modprobe does is lost at a reboot, and once=per-content/]],
    ],
    ["the same with once=per-boot", shell("modprobe nvme-tcp", "once=per-boot"), []],
    [
      "once beside a write to /sys",
      shell("echo never >/sys/kernel/mm/transparent_hugepage/enabled", "once=per-content"),
      [[3, /^what a write to \/sys or \/proc\/sys does is lost at a reboot/]],
    ],
    ["the same without once", shell("modprobe nvme-tcp\nsysctl -w vm.swappiness=1"), []],
    ["looking at mounts is no change", shell("mount | wc -l", "once=per-content"), []],
    [
      "sysctl and mount",
      shell("echo x\nsysctl -w vm.swappiness=1", "once=per-node-image"),
      [[4, /^what sysctl does is lost/]],
    ],
    [
      "an exit without a word",
      shell("[ -e /x ] ||\n  exit 1"),
      [[3, /^it exits without a message/]],
    ],
    [
      "a message, but no cause and fix",
      shell('echo "no disk" >&2\nexit 1'),
      [[3, /^it reports no cause and fix/]],
    ],
    ["lsmod", shell("lsmod | grep -q nvme"), [[2, /^lsmod misses modules that are built in/]]],
    [
      "a port",
      shell("ss -ltn | grep 8080"),
      [[2, /^a port in such a list matches parts of other ports/]],
    ],
    [
      "a line that is appended at each run",
      shell("echo vm.swappiness=1 >>/etc/sysctl.conf"),
      [[2, /^each run appends to \/etc\/sysctl\.conf again/]],
    ],
    ["a here-document is data", shell("cat <<EOF\nexit 1\nlsmod | grep x\nEOF"), []],
    ["a comment is none of it", shell("# exit 1\n: # lsmod | grep x"), []],
    [
      "a range without quotes",
      shell(":", "node-image=>=1.4.0"),
      [[2, /^the range >=1\.4\.0 has no quotes/]],
    ],
    ["a comment like settings", shell(":", "load modules"), [[2, /^a comment, since it has no/]]],
  ];
  for (const [name, entry, expected] of cases) {
    test(name, async () => {
      const found = await findingsIn({ "10-a": entry });
      expect(found.map(({ line }) => line)).toEqual(expected.map(([line]) => line));
      for (const [index, [, cause]] of expected.entries()) {
        expect(found[index]).toMatchObject({ level: "warning", path: "10-a" });
        expect(found[index]?.cause).toMatch(cause);
        expect(found[index]?.fix).toMatch(/^[A-Z]/);
      }
    });
  }

  test("an error, for programs: exit status 3, with file, line and code", async () => {
    const scripts = makeScripts({ "10-a": shell(":", "timeout=5"), "20-b": file("x\n", 0o755) });
    const { status, stdout, stderr } = await runInit(["lint", `-scripts=${scripts}`, "-o=json"]);
    expect(status).toBe(3);
    expect(unhurried(stderr)).toBe("");
    expect(JSON.parse(stdout.toString())).toEqual({
      v: 1,
      directory: scripts,
      findings: [
        {
          level: "error",
          path: `${scripts}/10-a`,
          line: 2,
          code: "SettingsInvalid",
          cause: expect.stringContaining('"5" has no unit'),
          fix: expect.any(String),
        },
        expect.objectContaining({ path: `${scripts}/20-b`, line: 1, code: "ShebangInvalid" }),
      ],
    });
  });

  test("for a workflow of GitHub", async () => {
    const scripts = makeScripts({ "10,a": shell(":", "timeout=5%") });
    const { status, stdout } = await runInit(["lint", `-scripts=${scripts}`, "-o", "github"]);
    expect(status).toBe(3);
    expect(stdout.toString()).toMatch(
      /^::error file=\S+\/10%2Ca,line=2,title=SettingsInvalid::cannot read settings of .*5%25.*\n$/,
    );
  });

  test.skipIf(Bun.which("shellcheck") === null)(
    "with shellcheck, where it is installed",
    async () => {
      const scripts = makeScripts({
        "10-a": shell("x=$1\n[ -n $x ] && echo yes"),
        "20-b": file("#!/usr/bin/env bun\nconst x = 1;\n", 0o755),
      });
      const { status, stderr } = await runInit(["lint", `-scripts=${scripts}`]);
      expect(status).toBe(0);
      expect(unhurried(stderr)).toMatch(
        /^warning: \S+\/10-a:3: .*\(SC2070\)\. See https:\/\/www\.shellcheck\.net\/wiki\/SC2070\n$/,
      );
    },
  );

  test("takes only the flags that it uses, and names what is too much", async () => {
    const refused = async (...args: readonly string[]): Promise<string> => {
      const { status, stderr } = await runInit(args);
      expect(status).toBe(2);
      return stderr.toString().split("\n")[0] ?? "";
    };
    expect(await refused("lint", "-scripts=x", "--grace=1s")).toBe(
      "init: cannot use --grace: no such flag",
    );
    expect(await refused("plan", "-scripts=x", "--events=off")).toBe(
      "init: cannot use --events: no such flag",
    );
    expect(await refused("lint", "a", "b")).toBe(
      'init: cannot use "a", "b": lint takes flags only; did you mean -scripts=a?',
    );
  });
});

describe.concurrent("init plan where the node image is unknown", () => {
  const entries = {
    "10-a": shell(":", "timeout=1m"),
    "20-old": shell(":", 'node-image="<2" timeout=1m'),
    "30-c": shell(":", "kind=check"),
  };
  const cause = "cannot decide whether";

  test("shows the whole table", async () => {
    const scripts = makeScripts(entries);
    const { status, stdout, stderr } = await runInit(["plan", `-scripts=${scripts}`]);
    expect(status).toBe(3);
    expect(stdout.toString().split("\n").slice(1)).toEqual([
      "1  10-a    run      change, timeout 1m",
      "2  20-old  unknown  the node image is unknown, change, timeout 1m, for <2",
      "3  30-c    run      check, timeout 5m",
      "",
    ]);
    expect(unhurried(stderr)).toStartWith(`${cause} ${scripts}/20-old is for this node`);
  });

  test("and for programs", async () => {
    const scripts = makeScripts({ ...entries, "a.conf": file("", 0o644) });
    const args = ["plan", `-scripts=${scripts}`, "-o", "json"];
    const unknown = await runInit(args);
    expect(unknown.status).toBe(3);
    const reason = "the node image is unknown";
    expect(JSON.parse(unknown.stdout.toString())).toMatchObject({
      v: 1,
      directory: scripts,
      scripts: [
        { name: "10-a", path: `${scripts}/10-a`, action: "run", settings: { timeoutMs: 60_000 } },
        { name: "20-old", action: "unknown", reason },
        { name: "30-c", action: "run", settings: { kind: "check", timeoutMs: 300_000 } },
      ],
      ignored: [{ name: "a.conf", reason: "data" }],
      problems: [{ code: "NodeVersionUnknown", cause: expect.stringContaining(cause) }],
    });
    const known = await runInit([...args, "-nodeImage=storageos/node:2.1.0"]);
    expect(known.status).toBe(0);
    expect(JSON.parse(known.stdout.toString())).toMatchObject({
      nodeImage: "storageos/node:2.1.0",
      nodeVersion: "2.1.0",
      scripts: [{ action: "run" }, { action: "skip" }, { action: "run" }],
      problems: [],
    });
  });
});
