import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { fakeKubectl, list } from "./fake-kubectl.ts";
import { passed } from "./nodes.ts";

const PLUGIN = resolve(import.meta.dir, "../../dist/kubectl-storageos_init");

async function runPlugin(...args: readonly string[]) {
  const child = Bun.spawn([PLUGIN, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { status: await child.exited, stdout, stderr };
}

describe.concurrent("the fleet's commands as a program of their own", () => {
  test("status is what it does if no command is named", async () => {
    const kubectl = fakeKubectl([list(passed(1))]);
    const { status, stdout, stderr } = await runPlugin(`--kubectl=${kubectl.path}`);
    expect(stderr).toBe("");
    expect(stdout).toStartWith("1 of 1 node prepared\n");
    expect(status).toBe(0);
  });

  test("it has no command that prepares a node", async () => {
    const { status, stdout, stderr } = await runPlugin("run", "-scripts=/scripts");
    expect(stdout).toBe("");
    expect(stderr).toStartWith('init: cannot run "run": no such command');
    expect(stderr).toContain("there are status, wait, preflight, logs");
    expect(status).toBe(2);
  });

  test("its help shows how it is called, and flags of the fleet alone", async () => {
    const { status, stdout } = await runPlugin("--help");
    expect(stdout).toContain("\n  kubectl storageos-init status ");
    expect(stdout).toContain("\n  --selector, -l LABELS ");
    expect(stdout).not.toContain("--scripts");
    expect(status).toBe(0);
  });
});
