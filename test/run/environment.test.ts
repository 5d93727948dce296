import { describe, expect, test } from "bun:test";
import { dirname } from "node:path";
import { said } from "../log.ts";
import { isRoot, NOTHING_WRITABLE } from "../namespaces.ts";
import { INIT, runInit, runInShell, type RunOptions } from "../run-init.ts";
import { file, fixture, makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

type Variables = Readonly<Record<string, string>>;

/** The environment that a script of this name gets. */
async function environmentIn(
  args: readonly string[],
  options: RunOptions = {},
  name = "10-env",
): Promise<Variables> {
  const scripts = makeScripts({ [name]: fixture("print-environment.sh") });
  const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`, ...args], options);
  if (status !== 0) throw new Error(stderr.toString());
  const pairs = stdout.toString().split("\0").filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
}

describe.concurrent("what a script is given", () => {
  test("the environment, and what init knows", async () => {
    const env = await environmentIn(
      ["-nodeImage=registry.example:5000/storageos/node:v2.1.0-rc1", "--state-dir=/dev/null/no"],
      { env: { ETCD_ENDPOINTS: "a,b", EMPTY: "", ODD: "two\nlines = ä" } },
      "sub dir/10-env",
    );
    expect(env).toMatchObject({
      ETCD_ENDPOINTS: "a,b",
      EMPTY: "",
      ODD: "two\nlines = ä",
      NODE_IMAGE: "registry.example:5000/storageos/node:v2.1.0-rc1",
      NODE_VERSION: "2.1.0-rc1",
      SCRIPT_NAME: "sub dir/10-env",
      STATE_DIR: "/dev/null/no",
      HOST_ROOT: "/",
    });
    expect(env["TERMINATION_MESSAGE_PATH"]).toStartWith(`${env["TMPDIR"]}/storageos-init-`);
    expect(env["PATH"]?.split(":")[0]).toBe(`${dirname(INIT)}/bin`);
    expect(env).not.toHaveProperty("PREVIOUS_NODE_IMAGE");
  });

  test("the id of its run, another one each time", async () => {
    const env = { STORAGEOS_INIT_RUN_ID: "of an outer run" };
    const ids = [await environmentIn([], { env }), await environmentIn([], { env })].map(
      ({ STORAGEOS_INIT_RUN_ID }) => STORAGEOS_INIT_RUN_ID,
    );
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[1]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("nothing that init does not know, even if it was in the environment", async () => {
    const env = await environmentIn([], {
      env: { NODE_VERSION: "1.0.0", PREVIOUS_NODE_IMAGE: "x" },
    });
    expect(env).not.toHaveProperty("NODE_IMAGE");
    expect(env).not.toHaveProperty("NODE_VERSION");
    expect(env).not.toHaveProperty("PREVIOUS_NODE_IMAGE");
  });

  for (const [image, version] of [
    ["storageos/node:2.0.0", "2.0.0"],
    ["storageos/node:v2.0.0", "2.0.0"],
    ["storageos/node:1.5.3-rc2", "1.5.3-rc2"],
    [
      "registry.example:5000/a/b/node:2.4.1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
      "2.4.1",
    ],
    ["storageos/node:latest", undefined],
    ["storageos/node:develop", undefined],
    ["storageos/node", undefined],
    ["registry.example:5000/node", undefined],
    [
      "storageos/node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
      undefined,
    ],
  ] as const) {
    test(`NODE_VERSION for ${image} is ${version ?? "absent"}`, async () => {
      const env = await environmentIn([], { env: { NODE_IMAGE: image } });
      expect(env["NODE_IMAGE"]).toBe(image);
      expect(env["NODE_VERSION"]).toBe(version as string);
    });
  }

  test("--node-version stands in for a tag that is no version", async () => {
    const env = await environmentIn(["--nodeImage", "node:latest", "--node-version", "2.3.4"]);
    expect(env["NODE_VERSION"]).toBe("2.3.4");
  });

  test("where TMPDIR is not writable, the message file is in another place", async () => {
    const env = await environmentIn([], { env: { TMPDIR: "/no/such/directory" } });
    expect(env["TERMINATION_MESSAGE_PATH"]).toStartWith("/dev/shm/storageos-init-");
  });

  test.skipIf(!isRoot)("where nothing is writable, it is said once (needs root)", async () => {
    const script = shell('echo "[$TERMINATION_MESSAGE_PATH]"');
    const scripts = makeScripts({ "10-a": script, "20-b": script });
    const run = await runInit([`-scripts=${scripts}`], { wrap: NOTHING_WRITABLE });
    expect(run.status).toBe(0);
    expect(run.stdout.toString()).toBe("[]\n[]\n");
    expect(said(run.stderr).filter((line) => line.includes("writable"))).toEqual([
      "cannot give scripts a TERMINATION_MESSAGE_PATH: no directory for temporary files is writable; mount an emptyDir at /tmp",
    ]);
  });

  test("an empty stdin, default signals, no open files, init's directory", async () => {
    const cwd = temporaryDirectory("cwd");
    const scripts = makeScripts({
      "10-a": shell(
        'cat; pwd; echo $(ls /proc/self/fd); grep -E "^Sig(Ign|Blk)" /proc/self/status',
      ),
    });
    const { stdout } = await runInit([`-scripts=${scripts}`], { cwd });
    const [directory, files, ...signals] = stdout.toString().trimEnd().split("\n");
    expect([directory, files]).toEqual([cwd, "0 1 2 3"]);
    // The first 31; what comes next is the C library's own.
    expect(signals.map((line) => Number.parseInt(line.slice(-8), 16) & 0x7fffffff)).toEqual([0, 0]);
  });

  test("nothing of what stands in init's own stdin", async () => {
    const scripts = makeScripts({ "10-a": shell("cat; readlink /proc/self/fd/0") });
    const { stdout } = await runInShell('echo not for scripts | "$0" "$@" 2>/dev/null', [
      `-scripts=${scripts}`,
    ]);
    expect(stdout.toString()).toBe("/dev/null\n");
  });

  test("a session of its own, so that the terminal's signals do not reach it", async () => {
    const scripts = makeScripts({
      "10-a": shell(
        "read -r _ _ _ _ group session _ </proc/$$/stat; echo $(($$ - group)) $(($$ - session))",
      ),
    });
    const { stdout } = await runInit([`-scripts=${scripts}`]);
    expect(stdout.toString()).toBe("0 0\n");
  });

  test("init's own runtime as bun, for a TypeScript script", async () => {
    const scripts = makeScripts({
      "10-typescript": file(
        "#!/usr/bin/env bun\n// init: timeout=20s\nconst name: string | undefined = Bun.env.SCRIPT_NAME;\nconsole.log(name, typeof Bun.version);\n",
        0o755,
      ),
    });
    const { status, stdout } = await runInit([`-scripts=${scripts}`], {
      env: { PATH: "/usr/bin:/bin" },
    });
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("10-typescript string\n");
  });

  test("files in the working directory do not reach init or a TypeScript script", async () => {
    const cwd = temporaryDirectory("cwd");
    await Bun.write(`${cwd}/.env`, "NODE_IMAGE=evil:1.0.0\nFROM_DOTENV=1\n");
    await Bun.write(`${cwd}/bunfig.toml`, 'preload = ["./evil.ts"]\n');
    await Bun.write(`${cwd}/evil.ts`, 'console.log("evil"); process.exit(9);\n');
    const scripts = makeScripts({
      "10-typescript": file(
        "#!/usr/bin/env bun\nconsole.log(Bun.env.NODE_IMAGE, Bun.env.FROM_DOTENV);\n",
        0o755,
      ),
    });
    const { status, stdout } = await runInit([`-scripts=${scripts}`], { cwd });
    expect(stdout.toString()).toBe("undefined undefined\n");
    expect(status).toBe(0);
  });
});
