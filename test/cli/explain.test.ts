import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { explainedEntries, TOPICS } from "../../src/lib/failure/registry.ts";
import { INIT, runInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { said } from "../log.ts";
import { temporaryDirectory } from "../temporary.ts";

const CODES = TOPICS.flatMap(explainedEntries);

test("init explain lists every code, one line each, by topic", async () => {
  const { status, stdout } = await runInit(["explain"]);
  expect(status).toBe(0);
  const lines = stdout.toString().split("\n");
  for (const { code, entry } of CODES)
    expect(lines.filter((line) => line.trim().startsWith(`${code} `))).toEqual([
      expect.stringContaining(entry.title),
    ]);
  for (const { title } of TOPICS) expect(lines).toContain(`${title}:`);
});

test("init explain CODE explains every code, in any case of letters", async () => {
  // Each takes a start of the program: one of a few, and all of them nightly.
  const step = process.env["NIGHTLY"] === undefined ? 7 : 1;
  for (const { code, entry, cause, fix } of CODES.filter((_, index) => index % step === 0)) {
    const { status, stdout } = await runInit(["explain", code.toUpperCase()]);
    expect(status).toBe(0);
    for (const text of [code, entry.meaning, entry.remedy, entry.reportedBy, cause, fix])
      expect(stdout.toString()).toContain(text);
  }
}, 600_000);

test("a misspelled code gets the nearest one", async () => {
  const { status, stdout, stderr } = await runInit(["explain", "ScriptTimedout2"]);
  expect([status, stdout.toString()]).toEqual([2, ""]);
  expect(stderr.toString()).toStartWith(
    'init: cannot explain "ScriptTimedout2": no such code (did you mean ScriptTimedOut?)\n',
  );
});

test("init fail: cause, fix, code and parameters from a shell script reach every place", async () => {
  const directory = temporaryDirectory("log");
  const scripts = makeScripts({
    "10-disk": shell(
      `"${INIT}" fail --code DiskTooSmall --param path=/data --param size=1GiB --link https://runbooks.example/disk "the disk of /data has 1 GiB, e.g. too little" "Mount a disk of 2 GiB"`,
    ),
  });
  const args = [`-scripts=${scripts}`, `--termination-log=${directory}/log`];
  const { status, stderr } = await runInit([...args, `--state-dir=${directory}/state`]);
  expect(status).toBe(1);
  expect(stderr.toString()).toContain(
    "\nthe disk of /data has 1 GiB, e.g. too little. Mount a disk of 2 GiB\n",
  );
  expect(said(stderr).slice(-4)).toEqual([
    expect.stringMatching(/^init failed: script ".*10-disk" failed: exit status 1$/),
    "cause: the disk of /data has 1 GiB, e.g. too little (DiskTooSmall)",
    "fix: Mount a disk of 2 GiB (https://runbooks.example/disk)",
    "1 failed",
  ]);
  const [first = "", json = ""] = readFileSync(`${directory}/log`, "utf8").split("\n");
  const message = JSON.parse(json) as { readonly fixAt: number };
  expect(message).toMatchObject({
    code: "DiskTooSmall",
    params: { path: "/data", size: "1GiB" },
    link: "https://runbooks.example/disk",
  });
  expect(Buffer.from(first).toString("utf8", message.fixAt)).toBe(
    "Mount a disk of 2 GiB (https://runbooks.example/disk)",
  );
  const entries = readFileSync(`${directory}/state/record.jsonl`, "utf8").trimEnd().split("\n");
  const end = entries.map((line) => JSON.parse(line) as { type: string });
  expect(end.find(({ type }) => type === "end")).toMatchObject({
    failures: [
      {
        code: "DiskTooSmall",
        cause: expect.stringContaining("/data"),
        fix: "Mount a disk of 2 GiB",
      },
    ],
  });
  const record = JSON.parse(readFileSync(`${directory}/state/last-run.json`, "utf8")) as unknown;
  expect(record).toMatchObject({
    scripts: [{ failures: [{ code: "DiskTooSmall", params: { path: "/data", size: "1GiB" } }] }],
  });
});

test("init warn: the script goes on, and passes with a warning", async () => {
  const scripts = makeScripts({
    "10-a": shell(`"${INIT}" warn --code ClockFast "the clock is fast" "Start chrony"; echo on`),
  });
  const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
  expect([status, stdout.toString()]).toEqual([0, "on\n"]);
  expect(stderr.toString()).toContain("\nwarning: the clock is fast. Start chrony\n");
  expect(said(stderr)).toContain("cause: the clock is fast (ClockFast)");
});

test("an invalid code is plain text with a remark, never lost", async () => {
  const scripts = makeScripts({
    "10-a": shell(`"${INIT}" fail --code "no code" -- "-x is wrong" "Correct it"`),
    "20-b": shell(`echo '{"cause": 1' >"$TERMINATION_MESSAGE_PATH"; exit 1`),
  });
  const first = await runInit([`-scripts=${scripts}`]);
  expect(said(first.stderr)).toContain("cause: -x is wrong (ScriptFailed)");
  expect(said(first.stderr)).toContain("fix: Correct it");
  expect(first.stderr.toString()).toContain('"no code" is not a code: it must match');
});

test.each([
  [[], "fail: missing argument CAUSE"],
  [["a", "b", "c"], 'cannot use "c": fail takes CAUSE [FIX]'],
  [["--param", "x", "a"], 'cannot use --param x: "x" is not NAME=VALUE'],
])("init fail %p is a usage error", async (args, message) => {
  const { status, stderr } = await runInit(["fail", ...args]);
  expect(stderr.toString()).toStartWith(`init: ${message}\n`);
  expect(status).toBe(2);
});
