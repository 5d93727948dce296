/** What kubectl users type works with the fleet's commands, too. */
import { describe, expect, test } from "bun:test";
import { runInit } from "../run-init.ts";
import { fakeKubectl, list, LIST } from "./fake-kubectl.ts";
import { passed } from "./nodes.ts";

describe.concurrent("the fleet's commands", () => {
  test("-A wins over -n, and kubeconfig, context and user reach kubectl", async () => {
    const kubectl = fakeKubectl([list(passed(1))]);
    const flags = ["-n", "mine", "-A", "--kubeconfig=/tmp/k", "--context=c", "--as=ann"];
    const { status, stdout } = await runInit(["status", `--kubectl=${kubectl.path}`, ...flags]);
    expect(stdout.toString()).toStartWith("1 of 1 node prepared\n");
    expect(status).toBe(0);
    expect(kubectl.calls()).toEqual([`--context=c --kubeconfig=/tmp/k --as=ann ${LIST}`]);
  });

  test("wait is status --watch", async () => {
    const kubectl = fakeKubectl([list(passed(1)), { isOpen: true }]);
    const { status, stdout } = await runInit(["wait", `--kubectl=${kubectl.path}`]);
    expect(stdout.toString()).toStartWith("1 of 1 node prepared\n");
    expect(status).toBe(0);
    expect(kubectl.calls()[1]).toContain("watch=1");
  });

  test("version and -v are --version", async () => {
    const outputs = [["version"], ["-v"], ["--version"]].map(async (args) => {
      const { status, stdout } = await runInit(args);
      return `${status} ${stdout.toString()}`;
    });
    const [first, ...others] = await Promise.all(outputs);
    expect(first).toMatch(/^0 storageos-init \d+\.\d+\.\d+\S* \(bun /);
    for (const other of others) expect(other).toBe(first ?? "");
  });

  test("a directory as the only word is asked about", async () => {
    const { status, stderr } = await runInit(["/tmp"]);
    expect(stderr.toString()).toContain("; did you mean -scripts=/tmp?\n");
    expect(status).toBe(2);
  });
});
