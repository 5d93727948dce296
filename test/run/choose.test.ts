import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { runInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

const FAILS = "echo cannot reach it >&2; exit 3";

/** A check that fails, two changes and one that is strict; each change leaves a file. */
function fourScripts(): { readonly scripts: string; readonly ran: (name: string) => boolean } {
  const left = temporaryDirectory("left");
  const scripts = makeScripts({
    "05-req/ipv6.sh": shell(FAILS, "kind=check timeout=1m"),
    "06-one.sh": shell(`touch ${left}/06-one.sh`, "timeout=1m"),
    "07-two": shell(`touch ${left}/07-two`, "timeout=1m"),
    "10-data": shell(`touch ${left}/10-data`, "timeout=1m strict=yes"),
  });
  return { scripts, ran: (name) => existsSync(`${left}/${name}`) };
}

type Run = {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly status: number;
  /** Which of the three changes ran. */
  readonly ran: readonly string[];
  readonly says: readonly string[];
};

const CHANGES = ["06-one.sh", "07-two", "10-data"];

const RUNS: Readonly<Record<string, Run>> = {
  "--skip by name without its extension, and again": {
    args: ["--skip=05-req/ipv6", "--skip", "07-two"],
    status: 0,
    ran: ["06-one.sh", "10-data"],
    says: ["skipped: 05-req/ipv6.sh: --skip=05-req/ipv6", ", 2 scripts skipped by --skip"],
  },
  "--skip by directory": {
    args: ["--skip=05-req"],
    status: 0,
    ran: CHANGES,
    says: ["skipped: 05-req/ipv6.sh: --skip=05-req", ", 1 script skipped by --skip"],
  },
  "a variable with a comma": {
    args: [],
    env: { STORAGEOS_INIT_SKIP: "05-req/ip*,06-one" },
    status: 0,
    ran: ["07-two", "10-data"],
    says: [", 2 scripts skipped by --skip"],
  },
  "--only leaves what is strict": {
    args: ["--only=06-*"],
    status: 0,
    ran: ["06-one.sh", "10-data"],
    says: ["skipped: 07-two: --only=06-*", ", 2 scripts skipped by --only"],
  },
  "--only without a match": {
    args: ["--only=06-one", "--only=07-tow"],
    status: 2,
    ran: [],
    says: ["--only=07-tow matches no script (did you mean 07-two?) (NoScriptMatches)"],
  },
  "--skip without a match": {
    args: ["--skip=05-rqe", "--skip=05-req"],
    status: 0,
    ran: CHANGES,
    says: ["warning: --skip=05-rqe matches no script (did you mean 05-req?) (NoScriptMatches)"],
  },
  "--skip of what is strict": {
    args: ["--skip=**"],
    status: 0,
    ran: ["10-data"],
    says: ["--skip=** does not apply to 10-data: it has strict=yes (ScriptStrict)"],
  },
  "--warn": {
    args: ["--warn=05-req/*"],
    status: 0,
    ran: CHANGES,
    says: ["warning: script ", "prepared with 1 warning: 4 scripts"],
  },
  "a star stops at a slash": {
    args: ["--warn=05*6.sh"],
    status: 1,
    ran: [],
    says: ["--warn=05*6.sh matches no script"],
  },
  "a dot is a dot": { args: ["--warn=05-req/i.*"], status: 1, ran: [], says: [] },
};

describe.concurrent("run with --only, --skip and --warn", () => {
  for (const [name, { args, env = {}, status, ran, says }] of Object.entries(RUNS)) {
    test(name, async () => {
      const directory = fourScripts();
      const ended = await runInit([`-scripts=${directory.scripts}`, ...args], { env });
      const log = ended.stderr.toString();
      expect(ended.status, log).toBe(status);
      expect(CHANGES.filter(directory.ran)).toEqual([...ran]);
      for (const words of says) expect(log).toContain(words);
    });
  }

  test("shows a skipped script in the message and the record", async () => {
    const { scripts } = fourScripts();
    const state = temporaryDirectory("state");
    const message = `${temporaryDirectory("message")}/message`;
    writeFileSync(message, "");
    mkdirSync(`${state}/init`);
    const { status } = await runInit([
      `-scripts=${scripts}`,
      "--skip=05-req",
      `--state-dir=${state}/init`,
      `--termination-log=${message}`,
    ]);
    expect(status).toBe(0);
    const [first = "", last = ""] = readFileSync(message, "utf8").trim().split("\n");
    expect(first).toEndWith(", 1 script skipped by --skip");
    expect(JSON.parse(last)).toMatchObject({ counts: { passed: 3, skipped: 1 } });
    const record = JSON.parse(readFileSync(`${state}/init/last-run.json`, "utf8"));
    expect(record.scripts[0]).toMatchObject({
      script: "05-req/ipv6.sh",
      outcome: "skipped",
      reason: "--skip=05-req",
    });
  });

  test("is an error if nothing is left", async () => {
    const scripts = makeScripts({ "10-a": shell(":"), "20-b": shell(":") });
    const { status, stderr } = await runInit([`-scripts=${scripts}`, "--skip=10-a,20-b"]);
    expect(status).toBe(3);
    expect(stderr.toString()).toContain(
      "nothing was run: every script is skipped by --skip=10-a --skip=20-b (NothingRun)",
    );
  });

  test("does not need a node image for what is skipped", async () => {
    const scripts = makeScripts({
      "10-new": shell("exit 9", 'node-image=">=2.0.0" timeout=1m'),
      "20-b": shell(":", "timeout=1m"),
    });
    const { status } = await runInit([`-scripts=${scripts}`, "--skip=10-new"]);
    expect(status).toBe(0);
  });
});

describe.concurrent("plan and lint with --only, --skip and --warn", () => {
  test("plan shows the choice, and globs that do nothing as errors", async () => {
    const { scripts } = fourScripts();
    const plan = await runInit(["plan", `-scripts=${scripts}`, "--skip=06-one", "--warn=05-req"]);
    expect(plan.status).toBe(0);
    expect(plan.stdout.toString()).toContain(
      "1  05-req/ipv6.sh  run   check, timeout 1m, only warns",
    );
    expect(plan.stdout.toString()).toContain("2  06-one.sh       skip  --skip=06-one");
    for (const [glob, words] of [
      ["--skip=x", "--skip=x matches no script"],
      ["--warn=10-data", "--warn=10-data does not apply to 10-data: it has strict=yes"],
      ["--only=x", "--only=x matches no script"],
    ] as const) {
      const wrong = await runInit(["plan", `-scripts=${scripts}`, glob]);
      expect(wrong.stderr.toString()).toContain(words);
      expect(wrong.status).toBe(2);
    }
  });

  test("lint finds globs that do nothing", async () => {
    const { scripts } = fourScripts();
    const wrong = await runInit(["lint", `-scripts=${scripts}`, "--skip=x"]);
    expect(wrong.stderr.toString()).toContain("--skip=x matches no script");
    expect(wrong.stdout.toString()).not.toContain("no problems");
    expect(wrong.status).toBe(3);
    const right = await runInit(["lint", `-scripts=${scripts}`, "--skip=05-req"]);
    expect(right.status).toBe(0);
  });
});
