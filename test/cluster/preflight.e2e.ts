/** init preflight on a real cluster: what it says of the nodes, and that it leaves nothing. */
import { afterEach, describe, expect, test } from "bun:test";
import { KUBECTL } from "../../deploy/tools.ts";
import { startInit, type Ended } from "../run-init.ts";
import { waitFor } from "../wait-for.ts";
import { IMAGE, kubectl, noImage } from "./deployment.ts";

const ENV = {
  PATH: process.env["PATH"] ?? "",
  HOME: process.env["HOME"] ?? "/root",
  KUBECONFIG: process.env["KUBECONFIG"] ?? "",
};

function start(...flags: readonly string[]): ReturnType<typeof startInit> {
  const args = ["preflight", `--kubectl=${KUBECTL}`, `--image=${IMAGE}`, ...flags];
  return startInit(args, { env: ENV });
}

async function preflight(...flags: readonly string[]): Promise<Ended> {
  return start(...flags).ended;
}

/** What preflights make, and have to remove. */
async function left(): Promise<string> {
  const jsonpath =
    '-o=jsonpath={range .items[*]}{.kind}/{.metadata.name} {.status.phase}{"\\n"}{end}';
  const found = await kubectl(["get", "daemonsets,namespaces", "-A", jsonpath]);
  return found
    .split("\n")
    .filter((line) => line.includes("preflight") && !line.endsWith(" Terminating"))
    .join(" ");
}

describe.skipIf(noImage !== undefined)("init preflight", () => {
  afterEach(async () => {
    await kubectl(["delete", "node", "no-kubelet", "--ignore-not-found"]);
    expect(await left()).toBe("");
  }, 120_000);

  test("every node would be prepared", async () => {
    const { status, stdout, stderr } = await preflight("--scripts=/scripts/02-limits");
    expect(stderr.toString()).not.toContain("cannot");
    expect(stdout.toString()).toMatch(/^1 of 1 node would be prepared/);
    expect(status).toBe(0);
  }, 300_000);

  test("a node that would not is named with cause and fix", async () => {
    const { status, stdout } = await preflight(
      "--scripts=/scripts/01-lio",
      "--node-image=storageos/node:v2.5.0",
    );
    expect(stdout.toString()).toStartWith("0 of 1 node would be prepared, 1 not: 1 cause\n");
    expect(stdout.toString()).toMatch(/cannot load kernel module/);
    expect(status).toBe(1);
  }, 300_000);

  test("a node that never answers is a row, and the end comes with the time", async () => {
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: "no-kubelet" } };
    await kubectl(["create", "-f", "-"], JSON.stringify(node));
    const { status, stdout } = await preflight("--scripts=/scripts/02-limits", "--timeout=25s");
    expect(stdout.toString()).toMatch(/^1 of 2 nodes would be prepared, 1 not: 1 not started\n/);
    expect(stdout.toString()).toContain("no-kubelet");
    expect(status).toBe(4);
  }, 300_000);

  test("Ctrl-C leaves nothing", async () => {
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: "no-kubelet" } };
    await kubectl(["create", "-f", "-"], JSON.stringify(node));
    const running = start("--scripts=/scripts/02-limits");
    await waitFor(() => running.stderr().includes("nodes would be prepared"), "the first look");
    expect(await left()).toContain("storageos-preflight-");
    running.kill("SIGINT");
    expect((await running.ended).status).toBe(130);
  }, 300_000);

  test("in a namespace that is there, it stays", async () => {
    await kubectl(["create", "namespace", "mine"]);
    const { status } = await preflight("--scripts=/scripts/02-limits", "-n", "mine");
    expect(status).toBe(0);
    expect(await kubectl(["get", "namespace", "mine", "-o=jsonpath={.status.phase}"])).toBe(
      "Active",
    );
    await kubectl(["delete", "namespace", "mine", "--wait=false"]);
  }, 300_000);

  test("a user without rights is told what is missing, and how to get it", async () => {
    const { status, stderr } = await preflight("--kubectl=/bin/false");
    expect(stderr.toString()).toContain("cannot start the preflight: kubectl get namespace");
    expect(status).toBe(3);
  });
});
