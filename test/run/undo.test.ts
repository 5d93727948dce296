/** init undo takes back, in reverse order, what the record shows that init did, and nothing else. */
import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { runInit } from "../run-init.ts";
import { makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

/** A change that touches a file, and removes it when it is undone. */
function change(file: string, settings = "undo=yes"): Entry {
  return shell(
    `if [ "$INIT_ACTION" = undo ]; then rm "${file}" && echo "removed \${SCRIPT_NAME}"; else touch "${file}"; fi`,
    settings,
  );
}

type Node = {
  readonly host: string;
  readonly scripts: string;
  readonly state: string;
  readonly init: (...args: readonly string[]) => Promise<{
    readonly status: number | undefined;
    readonly stdout: string;
    readonly log: string;
    readonly message: string;
  }>;
};

function node(make: (host: string) => Readonly<Record<string, Entry>>): Node {
  const host = temporaryDirectory("host");
  const state = `${temporaryDirectory("state")}/init`;
  const scripts = makeScripts(make(host));
  const message = `${temporaryDirectory("message")}/message`;
  writeFileSync(message, "");
  return { host, scripts, state, init };

  async function init(...args: readonly string[]) {
    const flags = [`-scripts=${scripts}`, `--state-dir=${state}`, `--termination-log=${message}`];
    const { status, stdout, stderr } = await runInit([...args, ...flags]);
    const text = readFileSync(message, "utf8");
    return { status, stdout: stdout.toString(), log: stderr.toString(), message: text };
  }
}

/** A check, two changes that can undo, one that cannot, and one that fails. */
function usual(host: string): Readonly<Record<string, Entry>> {
  return {
    "10-check": shell("true", "kind=check"),
    "20-a": change(`${host}/a`),
    "30-plain": change(`${host}/plain`, "timeout=1m"),
    "40-b": change(`${host}/b`),
    "50-fails": shell('[ -z "$INIT_ACTION" ] && exit 3; touch never', "undo=yes"),
  };
}

describe.concurrent("init undo", () => {
  test("undoes in reverse order what passed, and a second time does nothing", async () => {
    const { host, init } = node(usual);
    expect((await init("run")).status).toBe(1);
    expect(readdirSync(host).toSorted()).toEqual(["a", "b", "plain"]);

    const { status, stdout, log, message } = await init("undo");
    expect(status).toBe(0);
    expect(stdout).toBe("removed 40-b\nremoved 20-a\n");
    expect(readdirSync(host)).toEqual(["plain"]);
    expect(log).toContain("skipped: 50-fails: the record shows no pass of it that is not undone\n");
    expect(log).toContain("skipped: 30-plain: it cannot undo what it did (no undo=yes)\n");
    expect(log).toMatch(/40-b +undone +\S+\n/);
    expect(log).toMatch(/ undo: 2 undone, 2 skipped in \S+\n$/);
    const [first = "", last = ""] = message.trim().split("\n");
    expect(first).toStartWith("undo: 2 undone, 2 skipped in ");
    expect(JSON.parse(last)).toMatchObject({ outcome: "undone", action: "undo" });

    const again = await init("undo");
    expect(again).toMatchObject({ status: 0, stdout: "" });
    expect(again.log).toMatch(/ undo: 4 skipped in /);
  });

  test("a run after it does everything again, also once=…", async () => {
    const { host, init } = node((root) => ({
      "10-once": change(`${root}/once`, "undo=yes once=per-content"),
    }));
    expect((await init("run")).status).toBe(0);
    expect((await init("run")).log).toContain("skipped: 10-once: it passed with this content");
    expect((await init("undo")).stdout).toBe("removed 10-once\n");
    expect((await init("run")).status).toBe(0);
    expect(existsSync(`${host}/once`)).toBe(true);
    expect((await init("undo")).stdout).toBe("removed 10-once\n");
  });

  test("undoes also what failed in a later run, or was skipped there", async () => {
    const { host, scripts, init } = node((root) => ({
      "10-a": change(`${root}/a`, "undo=yes once=per-content"),
      "20-b": shell(
        `if [ "$INIT_ACTION" = undo ]; then rm ${root}/b; else [ ! -e ${root}/b ] && touch ${root}/b; fi`,
        "undo=yes",
      ),
    }));
    expect((await init("run")).status).toBe(0);
    expect((await init("run")).status).toBe(1);
    expect((await init("undo")).status).toBe(0);
    expect(readdirSync(host)).toEqual([]);
    expect(readdirSync(scripts).length).toBe(2);
  });

  test("stops at a failure, says what is left, and goes on there the next time", async () => {
    const { host, init } = node((root) => ({
      "10-a": change(`${root}/a`),
      // on-failure=warn is for a run: what is not undone is not undone.
      "20-b": change(`${root}/b`, "undo=yes on-failure=warn"),
      "30-c": change(`${root}/c`),
    }));
    expect((await init("run")).status).toBe(0);
    rmSync(`${host}/b`);
    const failed = await init("undo");
    expect(failed.status).toBe(1);
    expect(failed.stdout).toBe("removed 30-c\n");
    expect(failed.log).toMatch(/ 1 failed, 1 undone, 1 not run\n$/);
    expect(JSON.parse(failed.message.trim().split("\n").at(-1) ?? "")).toMatchObject({
      outcome: "failed",
      action: "undo",
      script: "20-b",
    });
    writeFileSync(`${host}/b`, "");
    const again = await init("undo");
    expect(again).toMatchObject({ status: 0, stdout: "removed 20-b\nremoved 10-a\n" });
    expect(readdirSync(host)).toEqual([]);
  });

  test("undoes what passed before a run that SIGKILL ended", async () => {
    const { host, state, init } = node((root) => ({
      "10-a": change(`${root}/a`),
      "20-b": change(`${root}/b`),
    }));
    expect((await init("run")).status).toBe(0);
    // As a run leaves it that was killed when it had begun: all after its first entry is lost.
    const record = `${state}/record.jsonl`;
    const lines = readFileSync(record, "utf8").split("\n").filter(Boolean);
    await init("run");
    const all = readFileSync(record, "utf8").split("\n").filter(Boolean);
    writeFileSync(record, `${all.slice(0, lines.length + 1).join("\n")}\n`);
    expect((await init("undo")).stdout).toBe("removed 20-b\nremoved 10-a\n");
    expect(readdirSync(host)).toEqual([]);
  });

  test("without a usable record nothing is started", async () => {
    const { host, state, init } = node((root) => ({ "10-a": change(`${root}/a`) }));
    expect((await init("run")).status).toBe(0);
    chmodSync(state, 0o777);
    const { status, stdout, log } = await init("undo");
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
    expect(log).toContain(`cannot undo: the record in ${state} cannot be used (UndoNeedsRecord)\n`);
    expect(readdirSync(host)).toEqual(["a"]);
  });

  test("of a node that was never prepared does nothing", async () => {
    const { host, init } = node(usual);
    mkdirSync(`${host}/mine`);
    const { status, stdout } = await init("undo");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(readdirSync(host)).toEqual(["mine"]);
  });

  test("another scripts directory's passes do not count", async () => {
    const { host, state, init } = node((root) => ({ "10-a": change(`${root}/a`) }));
    expect((await init("run")).status).toBe(0);
    const others = makeScripts({ "10-a": change(`${host}/a`) });
    const { status, stderr } = await runInit([
      "undo",
      `-scripts=${others}`,
      `--state-dir=${state}`,
    ]);
    expect(status).toBe(0);
    expect(stderr.toString()).toContain("undo: 1 skipped");
    expect(readdirSync(host)).toEqual(["a"]);
  });
});
