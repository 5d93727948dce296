import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { runInit, startInit, type RunOptions } from "../run-init.ts";
import { fixture, makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";

type Message = { readonly bytes: number; readonly first: string; readonly json: unknown };

function readMessage(path: string): Message {
  const text = readFileSync(path, "utf8");
  const [first = "", json = "", ...rest] = text.split("\n");
  expect(rest).toEqual([]);
  return { bytes: Buffer.byteLength(text), first, json: JSON.parse(json) };
}

async function messageOf(
  entries: Readonly<Record<string, Entry>>,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Message> {
  const log = `${temporaryDirectory("log")}/termination-log`;
  const scripts = makeScripts(entries);
  await runInit([`-scripts=${scripts}`, `--termination-log=${log}`, ...args], options);
  return readMessage(log);
}

const SEE_LOG =
  "See the whole output: kubectl logs POD -c CONTAINER (--previous if it was restarted)";
const MS = expect.any(Number);
const INIT_VERSION = expect.any(String);

describe.concurrent("the termination message", () => {
  test("of a success", async () => {
    const { first, json } = await messageOf({ "10-a": shell(":"), "20-b": shell(":") }, [
      "-nodeImage=storageos/node:2.0.0",
    ]);
    expect(first).toMatch(/^prepared: 2 scripts in [\d.]+m?s$/);
    expect(json).toEqual({
      v: 1,
      outcome: "passed",
      counts: { passed: 2 },
      init: INIT_VERSION,
      nodeImage: "storageos/node:2.0.0",
      scripts: [
        { name: "10-a", outcome: "passed", ms: MS },
        { name: "20-b", outcome: "passed", ms: MS },
      ],
    });
  });

  test("of a failure: cause and fix first", async () => {
    const { first, json } = await messageOf({
      "10-a": shell(":"),
      "20-lio": fixture("write-termination-message.sh", "retries=1 retry-delay=0"),
      "30-c": shell(":"),
    });
    expect(first).toBe("20-lio: The module tcm_loop is missing. Install linux-modules-extra-6.1.0");
    expect(json).toEqual({
      v: 1,
      outcome: "failed",
      script: "20-lio",
      status: 1,
      code: "ScriptFailed",
      fixAt: Buffer.byteLength("20-lio: The module tcm_loop is missing. "),
      counts: { failed: 1, passed: 1, cancelled: 1 },
      params: { status: "1" },
      init: INIT_VERSION,
      scripts: [
        { name: "10-a", outcome: "passed", ms: MS },
        { name: "20-lio", outcome: "failed", ms: MS, attempts: 2 },
        { name: "30-c", outcome: "cancelled", ms: 0 },
      ],
    });
  });

  test("of a script that says nothing for itself: the last line of its stderr", async () => {
    const { first } = await messageOf({ "10-a": fixture("exit-37.sh") });
    expect(first).toBe(`10-a: exit status 37: the disk is on fire. ${SEE_LOG}`);
  });

  test("without a script's output, for --event-output none", async () => {
    const { first } = await messageOf({ "10-a": fixture("exit-37.sh") }, ["--event-output=none"]);
    expect(first).toBe(`10-a: exit status 37. ${SEE_LOG}`);
  });

  test("of a warning", async () => {
    const { first, json } = await messageOf({
      "10-a": fixture("exit-37.sh", "on-failure=warn"),
      "20-b": shell(":"),
    });
    expect(first).toMatch(
      /^prepared with 1 warning in [\d.]+m?s: 10-a: exit status 37: the disk is/,
    );
    expect(json).toMatchObject({ outcome: "warned", script: "10-a" });
  });

  test("of a run in which nothing could start", async () => {
    const { first, json } = await messageOf({
      "10-a": { content: "#!/bin/sh\n", mode: 0o644 },
      "20-b": { content: "", mode: 0o644 },
    });
    expect(first).toMatch(
      /^nothing was run: 2 problems found: cannot run \S+\/10-a: it is not executable \(mode 0644\)\. chmod \+x what is a script\. Write # init: kind=library into what scripts source$/,
    );
    expect(json).toMatchObject({
      v: 1,
      outcome: "not-started",
      code: "ScriptNotExecutable",
      failures: [{ code: "ShebangInvalid", cause: expect.stringContaining("it is empty") }],
      scripts: [],
    });
  });

  test("of a run that a signal ended", async () => {
    const log = `${temporaryDirectory("log")}/termination-log`;
    const scripts = makeScripts({ "10-waits": fixture("wait-for-signal.sh"), "20-b": shell(":") });
    const run = startInit([`-scripts=${scripts}`, `--termination-log=${log}`]);
    await waitFor(() => run.stdout().includes("ready"), "the script");
    run.kill("SIGTERM");
    await run.ended;
    const { first, json } = readMessage(log);
    expect(first).toStartWith("ended by SIGTERM before all scripts had run. Nothing, if the pod");
    expect(json).toMatchObject({ outcome: "cancelled", code: "RunStopped" });
  });

  test("of a run that SIGKILL ended: the name of the step", async () => {
    const log = `${temporaryDirectory("log")}/termination-log`;
    const scripts = makeScripts({
      "10-a": shell(":"),
      "20-long": shell("echo ready; exec sleep 1000"),
    });
    const run = startInit([`-scripts=${scripts}`, `--termination-log=${log}`], { mayLeave: true });
    await waitFor(() => run.stdout().includes("ready"), "the script");
    run.kill("SIGKILL");
    expect((await run.ended).signal).toBe("SIGKILL");
    const { first, json } = readMessage(log);
    expect(first).toBe(
      "20-long: the container ended while it ran. If nothing else gives a reason, look for the OOM killer in the node's kernel log",
    );
    expect(json).toMatchObject({ v: 1, outcome: "running", script: "20-long" });
  });

  test("is one line for a person, whatever the script writes", async () => {
    const { first, bytes } = await messageOf({
      "10-a": shell(
        String.raw`printf '\033[31mred\033[0m\a \r and \303\244\377\0 more\n\n\nfix it\n' >"$TERMINATION_MESSAGE_PATH"; exit 1`,
      ),
    });
    expect(first).toBe("10-a: red and ä� more. fix it");
    expect(bytes).toBeLessThanOrEqual(1024);
  });

  test("of a command line or a variable that cannot be used, which a manifest may hold", async () => {
    const scripts = makeScripts({ "10-a": shell(":") });
    const cases: readonly (readonly [string, readonly string[], RunOptions])[] = [
      [
        'cannot use STORAGEOS_INIT_TIMEOUT=x from the environment: "x" is not a duration: write it as 30s, 5m or 1h30m',
        [`-scripts=${scripts}`],
        { env: { STORAGEOS_INIT_TIMEOUT: "x" } },
      ],
      [
        "cannot use --tiemout: no such flag (did you mean --timeout?)",
        ["--tiemout=1s", `-scripts=${scripts}`],
        {},
      ],
      ['cannot use "here": run takes flags only; did you mean -scripts=here?', ["run", "here"], {}],
      ["cannot run: no scripts directory; give it with -scripts=DIR", [], {}],
    ];
    for (const [cause, args, options] of cases) {
      const log = `${temporaryDirectory("log")}/termination-log`;
      const { status, stderr } = await runInit([...args, `--termination-log=${log}`], options);
      expect(status).toBe(2);
      expect(stderr.toString()).toBe(`init: ${cause}\ninit: see init --help\n`);
      const { first, json } = readMessage(log);
      expect(first).toStartWith(cause);
      expect(first).toContain(" Correct the flag in the container's args");
      expect(json).toMatchObject({ outcome: "not-started", code: "CommandLineUnusable" });
    }
  });

  test("none of a command that is not for a pod", async () => {
    const log = `${temporaryDirectory("log")}/termination-log`;
    expect((await runInit(["lint", `--termination-log=${log}`])).status).toBe(2);
    expect(existsSync(log)).toBe(false);
  });
});

describe.concurrent("the termination message fits", () => {
  const long = "ä".repeat(2000);

  for (const [name, entry] of [
    ["that fail with 4 KiB to say", shell(`echo ${long} >&2; exit 1`, "on-failure=warn")],
    ["that pass", shell(":")],
  ] as const) {
    test(`12 scripts ${name}: at most 1024 bytes`, async () => {
      const names = Array.from({ length: 12 }, (_, index) => `${index + 10}-${"x".repeat(120)}`);
      const { bytes, json } = await messageOf(
        Object.fromEntries(names.map((script) => [script, entry])),
        [`-nodeImage=registry.example/${"i".repeat(200)}:2.0.0`],
      );
      expect(bytes).toBeLessThanOrEqual(1024);
      const { scripts, more } = json as { scripts: unknown[]; more: number };
      expect(scripts.length + more).toBe(12);
    });
  }

  test("12 scripts with the names they usually have: all are told", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `${index + 10}-name/name.ts`);
    const { bytes, json } = await messageOf(
      Object.fromEntries(names.map((script) => [script, shell(":")])),
      ["-nodeImage=storageos/node:v2.10.0"],
    );
    expect(bytes).toBeLessThanOrEqual(1024);
    const { scripts } = json as { scripts: { name: string }[] };
    expect(scripts.map((script) => script.name)).toEqual(names);
  });

  test("a name of control characters, which JSON makes six times as long: at most 1024 bytes", async () => {
    const { bytes } = await messageOf({
      ["\u0001".repeat(240)]: shell(`echo '${"\u0002".repeat(900)}' >&2; exit 1`),
    });
    expect(bytes).toBeLessThanOrEqual(1024);
  });

  test("1,000 scripts: at most 1024 bytes, those that did not pass first", async () => {
    const entries: Record<string, Entry> = {};
    for (let index = 0; index < 1000; index++) {
      const name = `dir-${String(index).padStart(4, "0")}/script.sh`;
      entries[name] = index === 900 ? shell("exit 1", "on-failure=warn") : shell(":");
    }
    const { bytes, json } = await messageOf(entries);
    expect(bytes).toBeLessThanOrEqual(1024);
    expect(bytes).toBeGreaterThan(800);
    const { scripts, more } = json as { scripts: { name: string }[]; more: number };
    expect(scripts.length + more).toBe(1000);
    expect(scripts.map(({ name }) => name)).toContain("dir-0900/script.sh");
  });
});
