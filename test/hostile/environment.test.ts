import { describe, expect, test } from "bun:test";
import { INIT, runInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

/** What the pod gives for every name that is init's own. */
const GIVEN = {
  INIT: "/evil",
  INIT_ACTION: "undo",
  DRY_RUN: "1",
  PREVIOUS_RUN: "passed",
  PREVIOUS_NODE_IMAGE: "evil:1.0.0",
  SCRIPT_NAME: "evil",
  NODE_VERSION: "0.0.1",
  HOST_ROOT: "/evil",
  STATE_DIR: "/evil",
  TERMINATION_MESSAGE_PATH: "/evil",
  STORAGEOS_INIT_RUN_ID: "evil",
};

const NAMES = [...Object.keys(GIVEN), "NODE_IMAGE", "NODE_NAME"].join(" ");
const SHOW = `for name in ${NAMES}; do eval "echo \\"$name=\\\${$name-unset}\\""; done`;

function variablesIn(stdout: Buffer): Readonly<Record<string, string>> {
  const lines = stdout.toString().trimEnd().split("\n");
  return Object.fromEntries(lines.map((line) => [line.split("=")[0], line.replace(/^.*?=/, "")]));
}

describe.concurrent("variables of init in the pod's environment", () => {
  test("the pod's values reach no script", async () => {
    const stateDir = `${temporaryDirectory("host")}/state`;
    const scripts = makeScripts({ "10-a": shell(SHOW) });
    const env = { ...GIVEN, NODE_IMAGE: "node:2.1.0", NODE_NAME: "worker-1" };
    const args = [`-scripts=${scripts}`, `--state-dir=${stateDir}`];
    const first = variablesIn((await runInit(args, { env })).stdout);
    expect(first).toEqual({
      INIT,
      INIT_ACTION: "unset",
      DRY_RUN: "unset",
      PREVIOUS_RUN: "unset",
      PREVIOUS_NODE_IMAGE: "unset",
      SCRIPT_NAME: "10-a",
      NODE_IMAGE: "node:2.1.0",
      NODE_VERSION: "2.1.0",
      NODE_NAME: "worker-1",
      HOST_ROOT: "/",
      STATE_DIR: stateDir,
      TERMINATION_MESSAGE_PATH: expect.stringMatching(/\/storageos-init-\w+\/message-1$/),
      STORAGEOS_INIT_RUN_ID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const second = variablesIn((await runInit(args, { env })).stdout);
    expect(second).toMatchObject({ PREVIOUS_RUN: "passed", PREVIOUS_NODE_IMAGE: "node:2.1.0" });
  });

  test("nor a check beside another one, nor one whose settings are the pod's", async () => {
    const scripts = makeScripts({
      "10-a": shell(SHOW, "kind=check"),
      "20-b": shell(SHOW, "kind=check"),
    });
    const { stdout } = await runInit([`-scripts=${scripts}`, "--jobs=2"], { env: GIVEN });
    const lines = stdout.toString().trimEnd().split("\n");
    const half = lines.length / 2;
    for (const [at, name] of ["10-a", "20-b"].entries()) {
      const shown = variablesIn(Buffer.from(lines.slice(at * half, (at + 1) * half).join("\n")));
      expect(shown).toMatchObject({ INIT, SCRIPT_NAME: name, NODE_VERSION: "unset" });
      expect(Object.values(shown).filter((value) => value.includes("evil"))).toEqual([]);
    }
  });

  test("$INIT is a program that a script can call", async () => {
    const scripts = makeScripts({ "10-a": shell('"$INIT" fail "no disk" "Add one"') });
    const { stderr } = await runInit([`-scripts=${scripts}`], { env: GIVEN });
    expect(stderr.toString()).toContain("fix: Add one");
  });
});
