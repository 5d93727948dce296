import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { runInit } from "../run-init.ts";
import { makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

const CHANGE = `if [ -e "$host/file" ]; then echo "$host/file exists"; exit 0; fi
if [ -n "$DRY_RUN" ]; then
  echo "would write $host/file"
  printf 'write %s\\nload module x\\n' "$host/file" >"$TERMINATION_MESSAGE_PATH"
  exit 0
fi
echo done >"$host/file"`;

/** A check, a change that can show what it would do, a plain change, and a check that fails. */
function fourScripts(host: string, more: Readonly<Record<string, Entry>> = {}): string {
  return makeScripts({
    "10-check": shell('echo "checked, dry run: $DRY_RUN"', "kind=check"),
    "20-change": shell(`host=${host}\n${CHANGE}`, "dry-run=yes timeout=1m"),
    "30-plain": shell(`touch ${host}/plain`, "timeout=1m"),
    "40-fails": shell("echo no disk >&2; exit 3", "kind=check"),
    ...more,
  });
}

describe.concurrent("run --dry-run", () => {
  test("runs checks and what can show its changes, and changes nothing", async () => {
    const host = temporaryDirectory("host");
    const state = `${temporaryDirectory("state")}/init`;
    const message = `${temporaryDirectory("message")}/message`;
    writeFileSync(message, "");
    const { status, stdout, stderr } = await runInit([
      `-scripts=${fourScripts(host)}`,
      "--dry-run",
      `--state-dir=${state}`,
      `--termination-log=${message}`,
    ]);
    const log = stderr.toString();
    expect(stdout.toString()).toBe(`checked, dry run: 1\nwould write ${host}/file\n`);
    expect(status).toBe(1);
    expect(log).toContain(`would change: 20-change: write ${host}/file\n`);
    expect(log).toContain("would change: 20-change: load module x\n");
    expect(log).toContain("skipped: 30-plain: dry run\n");
    expect(log).toMatch(/20-change +would-change +\S+ +write .*; load module x\n/);
    expect(log).toMatch(/30-plain +skipped +- +dry run\n/);
    expect(log).toContain("1 failed, 1 would-change, 1 passed, 1 skipped\n");
    expect(readdirSync(host)).toEqual([]);
    expect(existsSync(state)).toBe(false);
    const [first = "", last = ""] = readFileSync(message, "utf8").trim().split("\n");
    expect(first).toStartWith("40-fails: exit status 3: no disk");
    expect(JSON.parse(last)).toMatchObject({
      outcome: "failed",
      action: "dry-run",
      counts: { failed: 1, "would-change": 1, passed: 1, skipped: 1 },
    });
  });

  test("ends with what would change, and a run with nothing to do passes", async () => {
    const host = temporaryDirectory("host");
    const message = `${temporaryDirectory("message")}/message`;
    writeFileSync(message, "");
    const args = [
      `-scripts=${fourScripts(host)}`,
      "--skip=40-fails",
      `--termination-log=${message}`,
    ];
    const before = await runInit([...args, "--dry-run"]);
    expect(before.status).toBe(0);
    const words = /dry run: 1 would-change, 1 passed, 2 skipped in \S+, 1 script skipped by --skip/;
    expect(before.stderr.toString()).toMatch(words);
    const [first = "", last = ""] = readFileSync(message, "utf8").trim().split("\n");
    expect(first).toMatch(words);
    expect(first).toEndWith(`; 20-change: write ${host}/file; 20-change: load module x`);
    expect(JSON.parse(last)).toMatchObject({ outcome: "would-change", action: "dry-run" });

    const run = await runInit(args);
    expect(run.stdout.toString()).toBe("checked, dry run: \n");
    expect(run.stderr.toString()).toContain("prepared: 4 scripts in");
    expect(readdirSync(host).toSorted()).toEqual(["file", "plain"]);
    const after = await runInit([...args, "--dry-run"]);
    expect(after.stderr.toString()).toContain("dry run: 2 passed, 2 skipped in");
    expect(JSON.parse(readFileSync(message, "utf8").trim().split("\n")[1] ?? "")).toMatchObject({
      outcome: "passed",
      action: "dry-run",
    });
  });

  test("goes on after a failure, and reports warnings beside changes", async () => {
    const scripts = makeScripts({
      "10-fails": shell("exit 3", "kind=check"),
      "20-warns": shell(
        '"$INIT" warn --code ClockSkew "the clock is fast" "Start chronyd"\necho "start chronyd" >>"$TERMINATION_MESSAGE_PATH"',
        "dry-run=yes timeout=1m",
      ),
    });
    const { status, stderr } = await runInit([`-scripts=${scripts}`, "--dry-run"]);
    expect(status).toBe(1);
    expect(stderr.toString()).toContain("would change: 20-warns: start chronyd\n");
    expect(stderr.toString()).toContain("cause: the clock is fast (ClockSkew)\n");
  });

  test("reads the record, waits for no other run and writes nothing", async () => {
    const host = temporaryDirectory("host");
    const state = temporaryDirectory("state");
    const scripts = makeScripts({
      "10-once": shell(`echo ran; touch ${host}/once`, "once=per-content dry-run=yes timeout=1m"),
    });
    const args = [`-scripts=${scripts}`, `--state-dir=${state}/init`];
    expect((await runInit(args)).stdout.toString()).toBe("ran\n");
    const before = contentOf(`${state}/init`);
    const dry = await runInit([...args, "--dry-run"]);
    expect(dry.stdout.toString()).toBe("");
    expect(dry.stderr.toString()).toContain("skipped: 10-once: it passed with this content at");
    expect(contentOf(`${state}/init`)).toEqual(before);
  });

  test("asks nothing of the API server", async () => {
    let calls = 0;
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => {
          calls++;
          socket.end();
        },
        data: () => undefined,
      },
    });
    const env = {
      KUBERNETES_SERVICE_HOST: "127.0.0.1",
      KUBERNETES_SERVICE_PORT: String(server.port),
      NODE_IMAGE: "storageos/node:v2.5.0",
      STORAGEOS_INIT_NODE_CONDITION: "storageos.com/NodePrepared",
    };
    const scripts = makeScripts({ "10-check": shell("exit 1", "kind=check") });
    await runInit([`-scripts=${scripts}`, "--dry-run"], { env });
    server.stop(true);
    expect(calls).toBe(0);
  });

  test("is set by a variable, and in the JSON log", async () => {
    const host = temporaryDirectory("host");
    mkdirSync(`${host}/x`);
    const scripts = fourScripts(host, { "40-fails": shell(":", "kind=check") });
    const { status, stderr } = await runInit([`-scripts=${scripts}`, "--log-format=json"], {
      env: { STORAGEOS_INIT_DRY_RUN: "true" },
    });
    expect(status).toBe(0);
    const lines = stderr
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.find((line) => line.outcome === "would-change")).toMatchObject({
      script: "20-change",
      changes: [`write ${host}/file`, "load module x"],
    });
    expect(lines.at(-1)).toMatchObject({ action: "dry-run", status: 0 });
    expect(readdirSync(host)).toEqual(["x"]);
  });
});

function contentOf(directory: string): Readonly<Record<string, string>> {
  const names = readdirSync(directory).toSorted();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(`${directory}/${name}`, "utf8")]),
  );
}
