import { describe, expect, test } from "bun:test";
import { fakeKubectl, list, LIST } from "../fleet/fake-kubectl.ts";
import { failed, passed } from "../fleet/nodes.ts";
import { runInit, startInit } from "../run-init.ts";
import { waitFor } from "../wait-for.ts";

function event(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

describe.concurrent("status --watch", () => {
  test("follows the changes until all nodes are prepared", async () => {
    const changes = [
      event("BOOKMARK", { metadata: { resourceVersion: "101" } }),
      event("MODIFIED", passed(2)),
      event("ADDED", failed(3, "no")),
      event("DELETED", failed(3, "no")),
    ].join("");
    const kubectl = fakeKubectl([
      list(passed(1), failed(2, "no")),
      { stdout: changes, isOpen: true },
    ]);
    const { status, stdout } = await runInit(["status", `--kubectl=${kubectl.path}`, "-w"]);
    expect(stdout.toString()).toStartWith("2 of 2 nodes prepared\n");
    expect(status).toBe(0);
    expect(kubectl.calls()).toEqual([
      LIST,
      LIST.replace("limit=1000", "watch=1&allowWatchBookmarks=true&resourceVersion=100"),
    ]);
  });

  test("lists again when its starting point has expired, and watches on when a watch ends", async () => {
    const expired = event("ERROR", { kind: "Status", code: 410, reason: "Expired" });
    const kubectl = fakeKubectl([
      list(failed(1, "no")),
      { stdout: event("MODIFIED", failed(1, "still no")) },
      { stdout: expired },
      list(passed(1)),
      { isOpen: true },
    ]);
    const { status } = await runInit(["status", `--kubectl=${kubectl.path}`, "--watch"]);
    expect(status).toBe(0);
    expect(kubectl.calls().map((call) => call.includes("watch=1"))).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
  });

  test("ends with 4 when the time is over, and tells how far it came", async () => {
    const kubectl = fakeKubectl([list(passed(1), failed(2, "no")), { isOpen: true }]);
    const args = ["status", `--kubectl=${kubectl.path}`, "--timeout=4s"];
    const { status, stdout } = await runInit(args);
    expect(stdout.toString()).toStartWith("1 of 2 nodes prepared, 1 not: 1 cause\n");
    expect(status).toBe(4);
  });

  test("ends with 130 at Ctrl-C, and leaves no kubectl behind", async () => {
    const kubectl = fakeKubectl([list(failed(2, "no")), { isOpen: true }]);
    const running = startInit(["status", `--kubectl=${kubectl.path}`, "--watch"]);
    await waitFor(() => kubectl.calls().length === 2, "the watch");
    running.kill("SIGINT");
    const { status, stdout } = await running.ended;
    expect(stdout.toString()).toStartWith("0 of 1 node prepared, 1 not: 1 cause\n");
    expect(status).toBe(130);
  });
});
