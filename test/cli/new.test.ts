/** init new: what it writes passes init's own checks and shellcheck, and runs in all four ways. */
import { describe, expect, test } from "bun:test";
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { runInit } from "../run-init.ts";
import { temporaryDirectory } from "../temporary.ts";

const LANGS = { sh: "sh", bash: "bash", python: "py", typescript: "ts" } as const;
const BUN = resolve(import.meta.dir, "../../dist/bin");
const PATH = `${BUN}:${process.env["PATH"] ?? "/usr/bin:/bin"}`;
const hasPython = Bun.which("python3") !== null;
const langs = Object.entries(LANGS).filter(([lang]) => lang !== "python" || hasPython);

function directory(): { readonly root: string; readonly scripts: string } {
  const root = temporaryDirectory("new");
  mkdirSync(`${root}/scripts`);
  return { root, scripts: `${root}/scripts` };
}

async function make(path: string, ...flags: readonly string[]): Promise<void> {
  const { status, stderr } = await runInit(["new", path, ...flags]);
  expect(stderr.toString()).toBe("");
  expect(status).toBe(0);
}

async function init(scripts: string, args: readonly string[]): Promise<string> {
  const state = `${scripts}/../state`;
  const { status, stdout, stderr } = await runInit([...args, `-scripts=${scripts}`], {
    env: { PATH, STORAGEOS_INIT_STATE_DIR: state },
  });
  return `${stdout.toString()}${stderr.toString()}status ${status}`;
}

describe.each(langs)("in %s", (lang, extension) => {
  test("a check and a change have nothing that lint finds", async () => {
    const { scripts } = directory();
    await make(`${scripts}/10-a.${extension}`, "--kind=check");
    await make(`${scripts}/20-b`, "--kind=change", `--lang=${lang}`);
    const { status, stdout, stderr } = await runInit(["lint", `-scripts=${scripts}`], {
      env: { PATH },
    });
    expect(stdout.toString() + stderr.toString()).toBe(`${scripts}: 2 scripts, no problems\n`);
    expect(status).toBe(0);
  });

  test("a check passes, and fails with cause, fix and a code of its own", async () => {
    const { scripts } = directory();
    const path = `${scripts}/10-node-file.${extension}`;
    await make(path, "--kind=check");
    expect(await init(scripts, ["run"])).toEndWith("status 0");
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("}/etc/passwd", "}/etc/no-such"));
    expect(await init(scripts, ["run"])).toMatch(
      /cause: cannot read \/etc\/passwd of the node \(NodeFileFailed\)\n.* fix: Create it on the node, readable by root\n.*status 1$/s,
    );
  });

  test("a change shows what it would do, does it once, and fails with cause and fix", async () => {
    const { root, scripts } = directory();
    const path = `${scripts}/20-loop.${extension}`;
    await make(path);
    const conf = `${root}/conf`;
    mkdirSync(conf);
    const text = readFileSync(path, "utf8").replaceAll("/etc/modules-load.d", conf);
    writeFileSync(path, text);

    expect(await init(scripts, ["run", "--dry-run"])).toMatch(
      /would change: 20-loop\S*: write \S+\/20-loop\.conf\n.*status 0$/s,
    );
    expect(readdirSync(conf)).toEqual([]);
    expect(await init(scripts, ["run"])).toMatch(/\nwrote \S+\/20-loop\.conf\n|^wrote /);
    expect(readdirSync(conf)).toEqual(["20-loop.conf"]);
    const { ino } = statSync(`${conf}/20-loop.conf`);
    expect(await init(scripts, ["run"])).toMatch(/20-loop\.conf is up to date\n.*status 0$/s);
    expect(statSync(`${conf}/20-loop.conf`).ino).toBe(ino);

    rmSync(conf, { recursive: true });
    expect(await init(scripts, ["run"])).toMatch(
      /cause: cannot .*\(LoopFailed\)\n.*fix: Make \/etc of the node writable\n.*status 1$/s,
    );
  });
});

test.skipIf(Bun.which("shellcheck") === null)("shellcheck finds nothing", async () => {
  const { scripts } = directory();
  for (const kind of ["check", "change"]) {
    await make(`${scripts}/${kind}.sh`, `--kind=${kind}`);
    await make(`${scripts}/${kind}.bash`, `--kind=${kind}`);
  }
  const files = readdirSync(scripts).map((name) => join(scripts, name));
  expect(Bun.spawnSync(["shellcheck", ...files]).stdout.toString()).toBe("");
});

test("what stands there is left as it is, a link too", async () => {
  const { root, scripts } = directory();
  writeFileSync(`${scripts}/10-mine`, "mine");
  symlinkSync(`${root}/elsewhere`, `${scripts}/20-link`);
  for (const name of ["10-mine", "20-link"]) {
    const { status, stderr } = await runInit(["new", `${scripts}/${name}`]);
    expect(stderr.toString()).toBe(
      `init: cannot create ${scripts}/${name}: it exists, and is left as it is; give another name, or remove it first\n`,
    );
    expect(status).toBe(3);
  }
  expect(readFileSync(`${scripts}/10-mine`, "utf8")).toBe("mine");
  expect(readdirSync(root)).toEqual(["scripts"]);
});

test.each([
  ["notes.md", "init ignores files of this name (documentation); call it 10-notes"],
  [".hidden", "init ignores files of this name (hidden); call it 10-hidden"],
  ["10-x.conf", "init ignores files of this name (data); call it 10-x"],
  [
    "$(id)",
    "a name has letters, digits, dots, dashes and underscores, at most 100, such as 20-map-count",
  ],
])("a name that is none for a script: %s", async (name, why) => {
  const { scripts } = directory();
  const { status, stderr } = await runInit(["new", `${scripts}/${name}`]);
  expect(stderr.toString()).toEndWith(`: ${why}\n`);
  expect(status).toBe(2);
  expect(readdirSync(scripts)).toEqual([]);
});

test("a missing directory is named, with how to create it", async () => {
  const { root } = directory();
  const { status, stderr } = await runInit(["new", `${root}/none/10-x`]);
  expect(stderr.toString()).toBe(
    `init: cannot create ${root}/none/10-x: there is no directory ${root}/none; create it with "mkdir -p ${root}/none"\n`,
  );
  expect(status).toBe(3);
});
