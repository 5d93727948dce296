/** Completion as a shell asks for it: bash itself, with what init completion prints. */
import { expect, test } from "bun:test";
import { INIT, runInit } from "../run-init.ts";

/** What bash offers at the end of a line, in its own words. */
async function completed(line: string): Promise<readonly string[]> {
  const script = `
source <("${INIT}" completion bash)
line=$1
COMP_WORDS=($(printf '%s' "$line" | sed 's/=/ = /g')); [[ $line != *' ' && $line != *= ]] || COMP_WORDS+=('')
[[ $line != *= ]] || COMP_WORDS=("\${COMP_WORDS[@]:0:\${#COMP_WORDS[@]}-1}")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMP_WORDS[0]="${INIT}"
_init_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const child = Bun.spawn(["bash", "-c", script, "bash", line], { stdout: "pipe" });
  return (await new Response(child.stdout).text()).split("\n").filter(Boolean);
}

test.each([
  ["init st", ["status"]],
  ["init u", ["undo"]],
  ["init status --out", ["--output"]],
  ["init status --output=m", ["markdown"]],
  ["init status --output=", ["table", "wide", "json", "markdown", "html"]],
  ["init status -o h", ["html"]],
  ["init lint -o ", ["text", "json", "github"]],
  ["init --log-f", ["--log-format"]],
  ["init explain x", []],
])("%s", async (line, offered) => {
  expect(await completed(line)).toEqual([...offered]);
});

test("zsh gives a word whole", async () => {
  const { stdout } = await runInit(["__complete", "status", "--output=m"]);
  expect(stdout.toString()).toBe("--output=markdown\n");
});

test("for kubectl, and for a shell that is not known", async () => {
  const { stdout } = await runInit(["completion", "kubectl"]);
  expect(stdout.toString()).toStartWith("#!/bin/sh\nkubectl storageos-init __complete");
  const { status, stderr } = await runInit(["completion", "fish"]);
  expect(stderr.toString()).toBe('init: cannot complete in "fish": write bash, zsh or kubectl\n');
  expect(status).toBe(2);
});
