import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const A = JSON.stringify({ code: "TestA", cause: "a", fix: "Do b.", params: {} });
const FULL = JSON.stringify({
  code: "DiskFull",
  cause: "the disk is full",
  fix: "Free some space.",
  params: { path: "/data" },
});

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "script-result-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Runs the code as a script of its own, with the functions of script-result.ts at hand. */
function runScript(code: string, messagePath: string | undefined) {
  const module = join(import.meta.dir, "script-result.ts");
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, "-e", `import {say, warnOf, failOf} from ${JSON.stringify(module)};${code}`],
    { env: { ...process.env, TERMINATION_MESSAGE_PATH: messagePath } },
  );
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

test("a failure is reported on stderr and in the termination message, with exit status 1", () => {
  const path = join(directory, "message");
  const ran = runScript(`say("looked"); failOf([${FULL}]); say("unreachable")`, path);
  expect(ran).toEqual({
    exitCode: 1,
    stdout: "looked\n",
    stderr: "the disk is full. Free some space.\n",
  });
  expect(readFileSync(path, "utf8")).toBe(`${FULL}\n`);
});

test("warnings add up in the termination message, and the script goes on to pass", () => {
  const path = join(directory, "message");
  const ran = runScript(`warnOf(${A}); warnOf(${FULL}); say("end")`, path);
  expect(ran).toEqual({
    exitCode: 0,
    stdout: "end\n",
    stderr: "warning: a. Do b.\nwarning: the disk is full. Free some space.\n",
  });
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { ...JSON.parse(A), severity: "warning" },
    { ...JSON.parse(FULL), severity: "warning" },
  ]);
});

test("a pass writes no termination message", () => {
  const path = join(directory, "message");
  expect(runScript(`say("fine")`, path)).toEqual({ exitCode: 0, stdout: "fine\n", stderr: "" });
  expect(existsSync(path)).toBe(false);
});

test("a script run by hand has no termination message to write", () => {
  const ran = runScript(`failOf([${A}])`, undefined);
  expect(ran).toEqual({ exitCode: 1, stdout: "", stderr: "a. Do b.\n" });
});

test("a termination message that cannot be written is said and changes no verdict", () => {
  const path = join(directory, "missing", "message");
  const ran = runScript(`warnOf(${A})`, path);
  expect(ran.exitCode).toBe(0);
  expect(ran.stderr).toBe(
    `warning: a. Do b.\ncannot write the termination message to ${path}: ENOENT: no such file or directory, open '${path}'\n`,
  );
});
