/**
 * The whole path on a node whose kernel has Linux-IO: the operator's objects, kubelet, init, the
 * main container. A node is prepared, a module is forbidden on it, and allowed again; all that is
 * asserted is what a person sees with kubectl.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Pod } from "kubernetes-types/core/v1";
import { eventually, hasFailed, lastEnd } from "../cluster/deployment.ts";
import { somePairs } from "../../scripts/10-dbupgrade-v1v2/test/database.ts";
import { databasesOnNode, placeV1 } from "./database.ts";
import { noNode, onNode } from "./node.ts";
import {
  deletePod,
  describePod,
  documentedLog,
  type Operator,
  runningPod,
  startOperator,
  startsOf,
  storageos,
} from "./operator.ts";

const PAIRS = somePairs(5, 200);
const BAN = "/etc/modprobe.d/chain.conf";
const CAUSE = `cannot load kernel module tcm_loop: ${BAN}:1 forbids it ("install tcm_loop /bin/false")`;
const FIX = "Remove that line on the node";

describe.skipIf(noNode !== undefined)("the chain", () => {
  let operator: Operator | undefined;
  let broken: Pod;

  beforeAll(async () => {
    operator = await startOperator("1.4.2", () => placeV1(PAIRS));
  }, 600_000);
  afterAll(async () => operator?.remove(), 300_000);

  test("a fresh node is prepared: the main container runs, and finds Linux-IO", async () => {
    const pod = await runningPod();
    expect(startsOf(pod)).toBe(1);
    const main = await storageos.kubectl(["logs", pod.metadata?.name ?? "", "-c", "storageos"]);
    expect(main.split("\n")).toEqual(expect.arrayContaining(["core", "loopback"]));
    expect(await onNode("cat /sys/module/tcm_loop/initstate")).toBe("live\n");
  }, 600_000);

  test("kubectl shows NodePrepared, and what ran", async () => {
    const rows = await eventually("the event", async () => {
      const described = await describePod(await runningPod());
      const found = described.split("\n").filter((line) => line.includes(" NodePrepared "));
      return found.length > 0 ? found : undefined;
    });
    expect(rows.length).toBe(1);
    expect(rows[0]).toMatch(/^ {2}Normal +NodePrepared .* storageos-init /);
    expect(await documentedLog("--tail=-1")).toMatch(
      / prepared(?: with \d+ warnings?)?: \d+ scripts in /,
    );
  }, 300_000);

  test("the v1 database is v2, with every key, and v1 is kept", async () => {
    expect(await databasesOnNode(PAIRS)).toEqual({ db: "v2", "db-old": "v1" });
  }, 300_000);

  test("a module that the node forbids: Init:Error, and the main container does not start", async () => {
    const before = await runningPod();
    // The fabric's directory holds the module.
    await onNode(`echo "install tcm_loop /bin/false" >${BAN}
rmdir /sys/kernel/config/target/loopback; modprobe -r tcm_loop`);
    await deletePod();
    broken = await storageos.pod(
      (pod) => pod.metadata?.uid !== before.metadata?.uid && hasFailed(1)(pod),
      "a pod that failed",
    );
    const seen = await eventually("Init:Error", async () => {
      const rows = await storageos.kubectl(["get", "pods", "--no-headers"]);
      return / Init:Error /.test(rows) ? rows : undefined;
    });
    expect(seen.trim().split("\n").length).toBe(1);
    const main = broken.status?.containerStatuses?.map(({ state }) => state?.waiting?.reason);
    expect(new Set(main)).toEqual(new Set(["PodInitializing"]));
  }, 600_000);

  test("cause and fix are in describe, in the event and in the documented log", async () => {
    const message = lastEnd(broken)?.message ?? "";
    expect(message.split("\n")[0]).toBe(`01-lio/enable-lio.ts: ${CAUSE}. ${FIX}`);
    const described = await eventually("the event", async () => {
      const text = await describePod(broken);
      return text.includes(" ScriptFailed ") ? text : undefined;
    });
    expect(described).toMatch(/\n {6}Exit Code: +1\n/);
    expect(described).toContain(`01-lio/enable-lio.ts: ${CAUSE}. ${FIX}\n`);
    const rows = described.split("\n").filter((line) => line.includes(" ScriptFailed "));
    expect(rows.length).toBe(1);
    expect(rows[0]).toContain(CAUSE);
    expect(rows[0]).toContain(FIX);
    const log = await eventually("a whole log", async () => {
      const text = await documentedLog();
      return text.endsWith(" not run\n") ? text : undefined;
    });
    expect(log.trimEnd().split("\n").length).toBeLessThanOrEqual(10);
    expect(log).toContain(
      ' init failed: script "/scripts/01-lio/enable-lio.ts" failed: exit status 1\n',
    );
    expect(log).toContain(` cause: ${CAUSE} (ModuleForbidden)\n`);
    expect(log).toContain(` fix: ${FIX}\n`);
  }, 300_000);

  test("the node is repaired: the next restart passes by itself, in the same pod", async () => {
    await onNode(`rm ${BAN}`);
    const pod = await runningPod();
    expect(pod.metadata?.uid).toBe(broken.metadata?.uid ?? "");
    expect(await onNode("cat /sys/module/tcm_loop/initstate")).toBe("live\n");
    expect(await databasesOnNode(PAIRS)).toEqual({ db: "v2", "db-old": "v1" });
  }, 600_000);
});
