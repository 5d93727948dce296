import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { said, timeless } from "../log.ts";
import { bytesReadBy, childrenOf, peakMemoryOf, scriptsOf } from "../processes.ts";
import { runInit, runInShell, startInit } from "../run-init.ts";
import { fixture, makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";

function sha(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function repeated(line: string, bytes: number): string {
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}

/** Resolves when a process has read a good deal and then, several looks long, no more. */
async function readsNoFurther(pid: number): Promise<void> {
  const seen: number[] = [];
  await waitFor(() => {
    seen.push(bytesReadBy(pid));
    const last = seen.slice(-20);
    return last.length === 20 && (last[0] ?? 0) > 200_000 && last.at(-1) === last[0];
  }, "init to be held back");
}

describe.concurrent("what a script prints", () => {
  test("comes out byte for byte, whatever the bytes are", async () => {
    const scripts = makeScripts({ "10-binary": fixture("print-binary.sh") });
    const { status, stdout } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const end = Buffer.from("\r\n\u0080\u00ff\0end", "latin1");
    expect(stdout).toEqual(Buffer.concat([all, end]));
  });

  test("without a newline at its end stays as it is; init's own line begins a new one", async () => {
    const scripts = makeScripts({ "10-a": fixture("no-newline.sh"), "20-b": shell("echo b") });
    const { stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(stdout.toString()).toBe("no newline on stdoutb\n");
    expect(timeless(stderr)).toContain(`no newline on stderr\nT exec: ${scripts}/20-b\n`);
  });

  test("floods on both streams arrive whole", async () => {
    const scripts = makeScripts({ "10-flood": fixture("flood-both-streams.sh") });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(sha(stdout)).toBe(sha(repeated("line of stdout\n", 8 << 20)));
    const [before = "", after = ""] = stderr.toString().split(/(?<=exec: .*\n)/);
    expect(before).toContain("exec: ");
    expect(sha(after.slice(0, 8 << 20))).toBe(sha(repeated("line of stderr\n", 8 << 20)));
  });

  test("1 GB passes through in flat memory", async () => {
    const bytes = 1_000_000_000;
    const scripts = makeScripts({
      "10-flood": shell(
        `head -c ${bytes} /dev/zero; touch "$DONE"; while [ -e "$DONE" ]; do sleep 0.05; done`,
      ),
    });
    const done = `${temporaryDirectory("done")}/done`;
    const pid = `${temporaryDirectory("pid")}/pid`;
    const ended = runInShell(
      'echo $$ >"$PID"; "$0" "$@" 2>/dev/null | wc -c',
      [`-scripts=${scripts}`],
      {
        DONE: done,
        PID: pid,
      },
    );
    await waitFor(() => existsSync(done), "the flood's end");
    const peaks = childrenOf(Number(readFileSync(pid, "utf8"))).map(peakMemoryOf);
    rmSync(done);
    expect((await ended).stdout.toString()).toBe(`${bytes}\n`);
    expect(Math.max(...peaks)).toBeGreaterThan(10_000);
    expect(Math.max(...peaks)).toBeLessThan(150_000);
  });

  test("is wanted at /dev/stdout and /dev/stderr, too", async () => {
    const scripts = makeScripts({ "10-a": fixture("echo-to-dev-stderr.sh") });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("by its path\n");
    expect(stderr.toString()).toContain("\nby its path\n");
  });

  test("comes while the script still runs", async () => {
    const go = `${temporaryDirectory("go")}/go`;
    const scripts = makeScripts({
      "10-a": shell(`echo first; while [ ! -e ${go} ]; do sleep 0.02; done; echo second`),
    });
    const run = startInit([`-scripts=${scripts}`]);
    await waitFor(() => run.stdout() === "first\n", "the first line");
    writeFileSync(go, "");
    expect((await run.ended).stdout.toString()).toBe("first\nsecond\n");
  });

  test("a reader that reads nothing holds the script back, and gets everything later", async () => {
    const scripts = makeScripts({
      "10-flood": shell('yes 0123456789abcde | head -c 20000000; touch "$DONE"'),
    });
    const done = `${temporaryDirectory("done")}/done`;
    const run = startInit([`-scripts=${scripts}`], { isUnread: true, env: { DONE: done } });
    await readsNoFurther(run.pid);
    expect(existsSync(done)).toBe(false);
    expect(peakMemoryOf(run.pid)).toBeLessThan(150_000);
    run.read();
    const { status, stdout } = await run.ended;
    expect(status).toBe(0);
    expect(sha(stdout)).toBe(sha(repeated("0123456789abcde\n", 20_000_000)));
  });

  test("a reader that reads nothing does not hold up a deadline", async () => {
    const scripts = makeScripts({ "10-flood": shell("yes", "timeout=500ms") });
    const run = startInit([`-scripts=${scripts}`, "--grace=300ms"], { isUnread: true });
    const { status } = await run.ended;
    expect(status).toBe(4);
  });

  test("a reader that reads nothing does not hold up SIGTERM", async () => {
    const scripts = makeScripts({ "10-flood": shell("yes") });
    const run = startInit([`-scripts=${scripts}`, "--grace=300ms"], { isUnread: true });
    await waitFor(() => scriptsOf(run.pid).length > 0, "the script");
    run.kill("SIGTERM");
    expect((await run.ended).status).toBe(143);
  });

  test("a reader that leaves early does not stop the run", async () => {
    const scripts = makeScripts({
      "10-flood": shell("yes | head -c 3000000"),
      "20-next": shell("echo next >&2"),
    });
    const out = `${temporaryDirectory("out")}/stderr`;
    const run = await runInShell(
      '"$0" "$@" 2>"$OUT" | head -c 1; exit ${PIPESTATUS[0]}',
      [`-scripts=${scripts}`],
      { OUT: out },
    );
    expect(run.status).toBe(0);
    expect(run.stdout.toString()).toBe("y");
    const stderr = readFileSync(out, "utf8");
    expect(said(stderr)).toContain(
      "cannot write to stdout: EPIPE; what scripts print there is dropped, the run goes on",
    );
    expect(stderr).toContain("next\n");
    expect(said(stderr).at(-1)).toStartWith("prepared: 2 scripts in ");
  });

  test("a full disk behind stdout and stderr does not stop the run", async () => {
    const witness = `${temporaryDirectory("witness")}/witness`;
    const scripts = makeScripts({
      "10-flood": shell("yes | head -c 3000000; yes | head -c 3000000 >&2"),
      "20-next": shell(`touch ${witness}`),
    });
    const run = await runInShell('"$0" "$@" >/dev/full 2>/dev/full', [`-scripts=${scripts}`]);
    expect(run.status).toBe(0);
    expect(existsSync(witness)).toBe(true);
  });

  test("outputs that are closed from the start do not stop the run", async () => {
    const witness = `${temporaryDirectory("witness")}/witness`;
    const scripts = makeScripts({ "10-a": shell(`echo a; echo b >&2; touch ${witness}`) });
    const run = await runInShell('"$0" "$@" <&- >&- 2>&-', [`-scripts=${scripts}`]);
    expect(run.status).toBe(0);
    expect(existsSync(witness)).toBe(true);
  });
});
