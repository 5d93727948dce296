import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { said } from "../log.ts";
import { runInit, startInit, type Ended } from "../run-init.ts";
import { fixture, makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";

const IMAGE = "storageos/node:1.4.0";

function makeStateDir(): string {
  return `${temporaryDirectory("host")}/init`;
}

function prepare(scripts: string, stateDir: string, ...flags: readonly string[]): Promise<Ended> {
  return runInit([
    `-scripts=${scripts}`,
    `--state-dir=${stateDir}`,
    `-nodeImage=${IMAGE}`,
    ...flags,
  ]);
}

type Line = Readonly<Record<string, unknown>>;

function recordOf(stateDir: string): readonly Line[] {
  const lines = readFileSync(`${stateDir}/record.jsonl`, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Line);
}

function storyOf(stateDir: string): readonly string[] {
  return recordOf(stateDir).map(({ type, script, outcome }) =>
    [type, script, outcome].filter(Boolean).join(" "),
  );
}

describe.concurrent("the record of a run", () => {
  test("tells each start and end, and the success", async () => {
    const scripts = makeScripts({
      "10-a": shell("exit 0"),
      "20-b": shell("exit 3", "on-failure=warn"),
    });
    const stateDir = makeStateDir();
    expect((await prepare(scripts, stateDir)).status).toBe(0);
    expect(storyOf(stateDir)).toEqual([
      "start 10-a",
      "end 10-a passed",
      "start 20-b",
      "end 20-b warned",
      "prepared",
    ]);
    expect(recordOf(stateDir)[1]).toMatchObject({
      digest: `sha256:${new Bun.CryptoHasher("sha256").update(readFileSync(`${scripts}/10-a`)).digest("hex")}`,
      nodeImage: IMAGE,
      kernel: readFileSync("/proc/sys/kernel/osrelease", "utf8").trim(),
      bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      attempts: 1,
    });
  });

  test("has the start on it before the script starts", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-look": shell(`tail -n 1 ${stateDir}/record.jsonl`) });
    const { stdout } = await prepare(scripts, stateDir);
    expect(JSON.parse(stdout.toString())).toMatchObject({ type: "start", script: "10-look" });
  });

  test("leaves the last run with what each script printed last", async () => {
    const scripts = makeScripts({ "10-a": shell("seq 5000; echo gone wrong >&2; exit 37") });
    const stateDir = makeStateDir();
    expect((await prepare(scripts, stateDir)).status).toBe(1);
    const run = JSON.parse(readFileSync(`${stateDir}/last-run.json`, "utf8")) as {
      scripts: Line[];
    };
    expect(run).toMatchObject({ v: 1, status: 1, nodeImage: IMAGE });
    expect(run.scripts[0]).toMatchObject({
      script: "10-a",
      outcome: "failed",
      ending: { how: "exited", status: 37 },
      stderr: "gone wrong\n",
    });
    expect(run.scripts[0]?.["stdout"]).toHaveLength(4096);
    expect(run.scripts[0]?.["stdout"]).toEndWith("4999\n5000\n");
  });

  test("that SIGKILL cut off is told as cut off, and never blocks the next", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-slow": fixture("wait-for-signal.sh") });
    const cutOff = startInit([`-scripts=${scripts}`, `--state-dir=${stateDir}`], {
      mayLeave: true,
    });
    await waitFor(() => cutOff.stdout() !== "", "the script to run");
    cutOff.kill("SIGKILL");
    await cutOff.ended;
    writeFileSync(`${scripts}/10-slow`, "#!/bin/sh\n");
    const { status, stderr } = await prepare(scripts, stateDir);
    expect(status).toBe(0);
    expect(said(stderr)[0]).toMatch(
      /^an earlier run was cut off \(power loss, SIGKILL or a reboot\) while 10-slow ran, which had started at .*Z$/,
    );
    expect(storyOf(stateDir)).toEqual([
      "start 10-slow",
      "end 10-slow interrupted",
      "start 10-slow",
      "end 10-slow passed",
      "prepared",
    ]);
    expect(said((await prepare(scripts, stateDir)).stderr)[0]).toStartWith("scripts: ");
  });
});

describe.concurrent("what the record decides", () => {
  test("once=per-node-image runs again only for another image, or when it did not pass", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran", "once=per-node-image") });
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("ran\n");
    const again = await prepare(scripts, stateDir);
    expect(again.status).toBe(0);
    expect(again.stdout.toString()).toBe("");
    expect(said(again.stderr)[1]).toMatch(
      /^skipped: 10-once: it passed for this node image at .*Z$/,
    );
    const other = await runInit([
      `-scripts=${scripts}`,
      `--state-dir=${stateDir}`,
      "-nodeImage=storageos/node:1.5.0",
    ]);
    expect(other.stdout.toString()).toBe("ran\n");
  });

  test("once=per-content runs again when the content changed", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran", "once=per-content") });
    await prepare(scripts, stateDir);
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("");
    appendFileSync(`${scripts}/10-once`, "echo changed\n");
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("ran\nchanged\n");
  });

  test("a failure is not a success: it runs again", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran; exit 1", "once=per-content") });
    await prepare(scripts, stateDir);
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("ran\n");
  });

  test("plan says what would be skipped, and writes nothing", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran", "once=per-content") });
    await prepare(scripts, stateDir);
    const before = readFileSync(`${stateDir}/record.jsonl`, "utf8");
    const { stdout } = await runInit(["plan", `-scripts=${scripts}`, `--state-dir=${stateDir}`]);
    expect(stdout.toString()).toMatch(/1 +10-once +skip +it passed with this content at .*Z\n$/);
    expect(readFileSync(`${stateDir}/record.jsonl`, "utf8")).toBe(before);
  });

  test("PREVIOUS_NODE_IMAGE is that of the last success, and a downgrade is said with both versions", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({
      "10-show": shell('echo "${PREVIOUS_NODE_IMAGE-none}"; exit ${STATUS:-0}'),
    });
    const run = (image: string, status = 0): Promise<Ended> =>
      runInit([`-scripts=${scripts}`, `--state-dir=${stateDir}`, `-nodeImage=${image}`], {
        env: { STATUS: String(status) },
      });
    expect((await run("a/node:v1.5.0")).stdout.toString()).toBe("none\n");
    expect((await run("a/node:v1.6.0", 1)).stdout.toString()).toBe("a/node:v1.5.0\n");
    const down = await run("a/node:1.4.0");
    expect(down.stdout.toString()).toBe("a/node:v1.5.0\n");
    expect(said(down.stderr)[0]).toBe(
      "downgrade: this node was last prepared for 1.5.0 (a/node:v1.5.0) and is now for 1.4.0 (a/node:1.4.0)",
    );
  });
});

describe.concurrent("a record that cannot be kept", () => {
  test("with no parent directory is said once, and nothing is made", async () => {
    const host = temporaryDirectory("host");
    const { status, stderr } = await prepare(
      makeScripts({ "10-a": shell("exit 0") }),
      `${host}/no/init`,
    );
    expect(status).toBe(0);
    expect(said(stderr)[0]).toBe(
      `keeping no record in ${host}/no/init: ${host}/no does not exist; mount it, or set --state-dir`,
    );
    expect(existsSync(`${host}/no`)).toBe(false);
  });

  test("on a read-only file system is said once, and what it says still counts", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({
      "10-once": shell("echo ran", "once=per-content"),
      "20-a": shell("echo a"),
    });
    await prepare(scripts, stateDir);
    const readOnly = `mount --bind ${stateDir} ${stateDir} && mount -o remount,ro,bind ${stateDir} && exec "$@"`;
    const { status, stdout, stderr } = await runInit(
      [`-scripts=${scripts}`, `--state-dir=${stateDir}`],
      {
        wrap: ["unshare", "--mount", "sh", "-ec", readOnly, "sh"],
      },
    );
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("a\n");
    const complaints = said(stderr).filter((line) => line.includes("record"));
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toStartWith(`keeping no record in ${stateDir}: EROFS`);
  });

  test("on a full disk is said once, and loses nothing that was recorded", async () => {
    const stateDir = makeStateDir();
    mkdirSync(stateDir);
    const scripts = makeScripts({ "10-a": shell("exit 0") });
    const fill = [
      `mount -t tmpfs -o size=64k none ${stateDir}`,
      `"$@" && cp ${stateDir}/record.jsonl ${stateDir}/../before`,
      `cat /dev/zero >${stateDir}/filler 2>/dev/null || true`,
      `"$@"; status=$?; cp ${stateDir}/record.jsonl ${stateDir}/../after; rm ${stateDir}/filler`,
      `"$@"; cp ${stateDir}/record.jsonl ${stateDir}/../mended; exit $status`,
    ].join("\n");
    const { status, stderr } = await prepareWrapped(
      ["unshare", "--mount", "sh", "-c", fill, "sh"],
      scripts,
      stateDir,
    );
    expect(status).toBe(0);
    const complaints = said(stderr).filter((line) => line.includes("record"));
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toStartWith(`cannot record this run in ${stateDir}: `);
    const [before, after, mended] = ["before", "after", "mended"].map((name) =>
      readFileSync(`${stateDir}/../${name}`, "utf8"),
    );
    expect(after).toStartWith(before ?? "?");
    expect(mended).toStartWith(after ?? "?");
    expect(mended?.trimEnd().split("\n").at(-1)).toContain('"prepared"');
  });
});

function prepareWrapped(
  wrap: readonly string[],
  scripts: string,
  stateDir: string,
): Promise<Ended> {
  return runInit([`-scripts=${scripts}`, `--state-dir=${stateDir}`], { wrap });
}

describe.concurrent("what stands in a record already", () => {
  test("torn lines, garbage and newer entries are passed over and kept", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran", "once=per-content") });
    await prepare(scripts, stateDir);
    appendFileSync(
      `${stateDir}/record.jsonl`,
      '{"v":2,"new":true}\n\u0000garbage\n{"v":1,"type":"sta',
    );
    const before = readFileSync(`${stateDir}/record.jsonl`, "utf8");
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("");
    const after = readFileSync(`${stateDir}/record.jsonl`, "utf8");
    expect(after).toStartWith(`${before}\n{"v":1,"type":"prepared"`);
  });

  test("grows no further than it must: a long record is compacted and says the same", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran", "once=per-content") });
    await prepare(scripts, stateDir);
    const path = `${stateDir}/record.jsonl`;
    const lines = readFileSync(path, "utf8");
    writeFileSync(path, lines.repeat(Math.ceil((300 * 1024) / lines.length)));
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("");
    expect(statSync(path).size).toBeLessThan(2048);
    expect(storyOf(stateDir)).toEqual(["end 10-once passed", "prepared", "prepared"]);
  });
});

describe.concurrent("two runs on one host", () => {
  test("do not prepare it at once: the second waits, and says for whom", async () => {
    const stateDir = makeStateDir();
    const go = `${temporaryDirectory("go")}/go`;
    const slow = makeScripts({
      "10-slow": shell(`echo running; while [ ! -e ${go} ]; do sleep 0.05; done`),
    });
    const first = startInit([`-scripts=${slow}`, `--state-dir=${stateDir}`]);
    await waitFor(() => first.stdout() !== "", "the first run");
    const second = startInit([
      `-scripts=${makeScripts({ "10-b": shell("echo b") })}`,
      `--state-dir=${stateDir}`,
    ]);
    await waitFor(() => second.stderr() !== "", "the second run to wait");
    expect(said(second.stderr())[0]).toMatch(
      new RegExp(
        String.raw`^waiting for another run on this host \(pid ${first.pid} there, since .*Z\) that has ${stateDir}/lock$`,
      ),
    );
    expect(second.stdout()).toBe("");
    writeFileSync(go, "");
    expect((await first.ended).status).toBe(0);
    const { status, stdout } = await second.ended;
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: "b\n" });
  });

  test("a signal ends the wait", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-slow": fixture("wait-for-signal.sh") });
    const first = startInit([`-scripts=${scripts}`, `--state-dir=${stateDir}`]);
    await waitFor(() => first.stdout() !== "", "the first run");
    const second = startInit([`-scripts=${scripts}`, `--state-dir=${stateDir}`]);
    await waitFor(() => second.stderr() !== "", "the second run to wait");
    second.kill("SIGTERM");
    const { status, stdout } = await second.ended;
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 143, stdout: "" });
    first.kill("SIGTERM");
    await first.ended;
    rmSync(stateDir, { recursive: true });
  });
});
