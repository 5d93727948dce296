import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { unhurried } from "../log.ts";
import { runInit } from "../run-init.ts";
import { file, fixture, makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

type Line = Readonly<Record<string, unknown>>;

function parse(printed: Buffer | string): readonly Line[] {
  const lines = printed.toString().split("\n");
  expect(lines.pop()).toBe("");
  return lines.map((line) => {
    const { time, ...rest } = JSON.parse(line) as Line;
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return rest;
  });
}

/** The bytes that a script printed, from the lines that wrap them. */
function unwrap(lines: readonly Line[], script: string): Buffer {
  const pieces = lines
    .filter((line) => line["event"] === "output" && line["script"] === script)
    .map(({ text, base64, partial }) => {
      const bytes =
        typeof text === "string" ? Buffer.from(text) : Buffer.from(String(base64), "base64");
      return partial === true ? bytes : Buffer.concat([bytes, Buffer.from("\n")]);
    });
  return Buffer.concat(pieces);
}

async function runJson(
  entries: Readonly<Record<string, Entry>>,
  args: readonly string[] = [],
): Promise<{
  status: number | undefined;
  stdout: readonly Line[];
  stderr: readonly Line[];
  scripts: string;
}> {
  const scripts = makeScripts(entries);
  const run = await runInit([`-scripts=${scripts}`, "--log-format=json", ...args]);
  const stderr = parse(unhurried(run.stderr));
  return { status: run.status, stdout: parse(run.stdout), stderr, scripts };
}

function output(script: string, stream: string, text: string): Line {
  return { level: "info", event: "output", script, stream, text };
}

const MS = expect.any(Number);

describe.concurrent("the JSON log", () => {
  test("has one object a line, for what happens and for what scripts print", async () => {
    const { status, stdout, stderr, scripts } = await runJson({
      "10-a": shell('echo "to stdout"; echo "to stderr" >&2'),
      "20-fails": fixture("exit-37.sh", "retries=1 retry-delay=0"),
      "30-c": shell(":"),
    });
    expect(status).toBe(1);
    const about = { level: "info", script: "20-fails" };
    const exec = { ...about, event: "script-started", message: `exec: ${scripts}/20-fails` };
    const failed = {
      code: "ScriptFailed",
      cause: "exit status 37: the disk is on fire",
      fix: expect.stringMatching(/^See the whole output: kubectl logs /) as string,
      params: { status: "37" },
    };
    expect(stdout).toEqual([
      output("10-a", "stdout", "to stdout"),
      output("20-fails", "stdout", "about to fail"),
      output("20-fails", "stdout", "about to fail"),
    ]);
    expect(stderr).toEqual([
      {
        level: "info",
        event: "run-started",
        message: `scripts: [${scripts}/10-a ${scripts}/20-fails ${scripts}/30-c]`,
        scripts: ["10-a", "20-fails", "30-c"],
      },
      {
        level: "info",
        event: "script-started",
        message: `exec: ${scripts}/10-a`,
        script: "10-a",
        attempt: 1,
      },
      output("10-a", "stderr", "to stderr"),
      {
        level: "info",
        event: "script-ended",
        message: "passed",
        script: "10-a",
        outcome: "passed",
        durationMs: MS,
        attempts: 1,
      },
      { ...exec, attempt: 1 },
      output("20-fails", "stderr", "the disk is on fire"),
      {
        level: "warn",
        event: "script-retrying",
        message: "retrying after exit status 37",
        script: "20-fails",
        delayMs: 0,
        retriesLeft: 1,
      },
      { ...exec, attempt: 2 },
      output("20-fails", "stderr", "the disk is on fire"),
      {
        level: "error",
        event: "script-ended",
        message: `script "${scripts}/20-fails" failed: exit status 37`,
        script: "20-fails",
        outcome: "failed",
        durationMs: MS,
        attempts: 2,
        ...failed,
      },
      {
        level: "info",
        event: "script-ended",
        message: "cancelled: 20-fails failed",
        script: "30-c",
        outcome: "cancelled",
        durationMs: 0,
        attempts: 0,
      },
      {
        level: "error",
        event: "run-ended",
        message: expect.stringMatching(
          /^init failed: 20-fails: exit status 37: the disk is on fire. See the whole/,
        ) as string,
        status: 1,
        counts: { failed: 1, passed: 1, cancelled: 1 },
        failures: [{ script: "20-fails", ...failed }],
        durationMs: MS,
        scripts: [
          { script: "10-a", outcome: "passed", durationMs: MS },
          { script: "20-fails", outcome: "failed", durationMs: MS },
          { script: "30-c", outcome: "cancelled", durationMs: 0 },
        ],
      },
    ]);
  });

  test("tells what cannot run", async () => {
    const { status, stderr, scripts } = await runJson({ "10-x": file("#!/bin/sh\n", 0o644) });
    expect(status).toBe(3);
    expect(stderr).toEqual([
      {
        level: "error",
        event: "run-refused",
        message: "init failed: nothing was run: 1 problem found",
        code: "NothingRun",
        cause: "nothing was run: 1 problem found",
        fix: "Fix every problem that the log lists. init lint -scripts=DIR lists them, too",
        params: { problems: "1 problem" },
        problems: [
          {
            code: "ScriptNotExecutable",
            cause: `cannot run ${scripts}/10-x: it is not executable (mode 0644)`,
            fix: "chmod +x what is a script. Write # init: kind=library into what scripts source",
            params: { place: `${scripts}/10-x`, mode: "0644" },
          },
        ],
      },
    ]);
  });

  test("wraps a line that is not UTF-8 as base64, one without its newline as partial", async () => {
    const { stdout } = await runJson({
      "10-a": shell(String.raw`printf 'good \303\244\nbad \377\n\nno newline'`),
    });
    expect(stdout.map(({ text, base64, partial }) => ({ text, base64, partial }))).toEqual([
      { text: "good ä", base64: undefined, partial: undefined },
      {
        text: undefined,
        base64: Buffer.from("bad \u00ff", "latin1").toString("base64"),
        partial: undefined,
      },
      { text: "", base64: undefined, partial: undefined },
      { text: "no newline", base64: undefined, partial: true },
    ]);
  });

  test("does not mix checks that run side by side", async () => {
    const check = shell(
      'for i in 1 2 3; do echo "$SCRIPT_NAME $i"; sleep 0.05; done',
      "kind=check",
    );
    const { stdout } = await runJson({ "10-a": check, "11-b": check }, ["--jobs=2"]);
    expect(stdout.map(({ text }) => text)).toEqual([
      "10-a 1",
      "10-a 2",
      "10-a 3",
      "11-b 1",
      "11-b 2",
      "11-b 3",
    ]);
  });

  const bytes = fc.uint8Array({ maxLength: 40 });
  const pieces = fc.oneof(
    { weight: 3, arbitrary: bytes },
    {
      weight: 3,
      arbitrary: fc.string({ unit: "binary", maxLength: 40 }).map((text) => Buffer.from(text)),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom("\n", "\r\n", "\ufeff", "\u2028", "\0", '"', "\\")
        .map((text) => Buffer.from(text)),
    },
    // Around the length at which a line is cut.
    {
      weight: 1,
      arbitrary: fc.nat(8).map((more) => Buffer.from(`${"x".repeat(16_380 + more)}ä😀`)),
    },
  );

  test("gives back every byte, whatever a script prints", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(pieces, { maxLength: 12 }),
        fc.array(pieces, { maxLength: 4 }),
        async (a, b) => {
          const place = temporaryDirectory("bytes");
          writeFileSync(`${place}/stdout`, Buffer.concat(a));
          writeFileSync(`${place}/stderr`, Buffer.concat(b));
          const { stdout, stderr } = await runJson({
            "10-a": shell(`cat ${place}/stdout; cat ${place}/stderr >&2`),
          });
          expect(unwrap(stdout, "10-a")).toEqual(Buffer.concat(a));
          expect(unwrap(stderr, "10-a")).toEqual(Buffer.concat(b));
        },
      ),
      { numRuns: process.env["NIGHTLY"] === undefined ? 15 : 200 },
    );
  });

  test("gives back a flood whole", async () => {
    const { stdout, stderr } = await runJson({ "10-flood": fixture("flood-both-streams.sh") });
    expect(unwrap(stdout, "10-flood").equals(Buffer.alloc(8 << 20, "line of stdout\n"))).toBe(true);
    expect(unwrap(stderr, "10-flood").equals(Buffer.alloc(8 << 20, "line of stderr\n"))).toBe(true);
  });
});
