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
import { makeStateDir, prepare, storyOf } from "./prepare.ts";

describe.concurrent("a record that cannot be kept", () => {
  test("with no parent directory is said once, and nothing is made", async () => {
    const host = temporaryDirectory("host");
    const { status, stderr } = await prepare(
      makeScripts({ "10-a": shell("exit 0") }),
      `${host}/no/init`,
    );
    expect(status).toBe(0);
    expect(said(stderr)[0]).toStartWith(
      `keeping no record in ${host}/no/init: ${host}/no does not exist (StateDirectoryUnusable). Mount it from the host`,
    );
    expect(said(stderr).filter((line) => line.includes("record"))).toHaveLength(1);
    expect(existsSync(`${host}/no`)).toBe(false);
  });

  test("on a read-only file system is said once, and what it says does not count", async () => {
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
    // What fails in this run is not recorded, and so neither counts what passed before it.
    expect(stdout.toString()).toBe("ran\na\n");
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
    expect(after).toStartWith(`${before}\n{"v":1,"type":"run"`);
    expect(after.trimEnd()).toMatch(/\n\{"v":1,"type":"prepared"[^\n]*$/);
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
    expect(storyOf(stateDir)).toEqual(["end 10-once passed", "prepared", "run", "prepared"]);
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
    await waitFor(() => said(second.stderr()).length > 0, "the second run to wait");
    expect(said(second.stderr())[0]).toMatch(
      new RegExp(
        String.raw`^waiting for another run on this host \(pid ${first.pid} there, since .*Z\) that has ${stateDir}/lock \(AnotherRun\)\. It ends with that run\.`,
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
    await waitFor(() => said(second.stderr()).length > 0, "the second run to wait");
    second.kill("SIGTERM");
    const { status, stdout } = await second.ended;
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 143, stdout: "" });
    first.kill("SIGTERM");
    await first.ended;
    rmSync(stateDir, { recursive: true });
  });
});
