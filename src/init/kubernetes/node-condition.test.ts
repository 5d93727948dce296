import { describe, expect, test } from "bun:test";
import { conditionOf, needsPreparing, preparing, removalOf } from "./node-condition.ts";

const TYPE = "storageos.com/NodePrepared";
const boot = "e7d2f8a0-3f0c-4a0e-9f5b-0a4b3a1c2d3e";
const otherBoot = boot.replace("e7", "f8");
const at = new Date("2026-01-02T03:04:05.678Z");
const before = "2026-01-01T00:00:00Z";
const now = "2026-01-02T03:04:05Z";
const current = (status: "True" | "False" | "Unknown", message = `x (boot ${boot})`) => ({
  type: TYPE,
  status,
  reason: "Any",
  message,
  lastHeartbeatTime: before,
  lastTransitionTime: before,
});
const prepared = { isPrepared: true, reason: "NodePrepared", message: "prepared: 3 scripts in 1s" };
const failed = { isPrepared: false, reason: "LioModuleMissing", message: "01-lio: no. Do" };

test("a node is Unknown only on its first run after a boot", () => {
  expect(needsPreparing(undefined, boot)).toBe(true);
  expect(needsPreparing(current("True", `x (boot ${otherBoot})`), boot)).toBe(true);
  expect(needsPreparing(current("True", "somebody else's words"), boot)).toBe(true);
  for (const status of ["True", "False", "Unknown"] as const) {
    expect(needsPreparing(current(status), boot)).toBe(false);
  }
  expect(preparing(TYPE, boot, at)).toEqual({
    type: TYPE,
    status: "Unknown",
    reason: "Preparing",
    message: `the scripts run (boot ${boot})`,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
});

describe("the verdict", () => {
  test.each([
    ["on a new condition", prepared, undefined, "True", now],
    ["that is the same", prepared, current("True"), "True", before],
    ["that is the other", failed, current("True"), "False", now],
    ["after Unknown", failed, current("Unknown"), "False", now],
  ] as const)(
    "%s has its status, reason, and time of transition",
    (_, verdict, old, status, time) => {
      expect(conditionOf(TYPE, verdict, old, { bootId: boot, at })).toEqual({
        type: TYPE,
        status,
        reason: verdict.reason,
        message: `${verdict.message} (boot ${boot})`,
        lastHeartbeatTime: now,
        lastTransitionTime: time,
      });
    },
  );

  test("keeps the boot however long its words are", () => {
    const long = { ...failed, message: "é".repeat(2_000) };
    const condition = conditionOf(TYPE, long, undefined, { bootId: boot, at });
    expect(Buffer.byteLength(condition.message ?? "")).toBeLessThanOrEqual(1024);
    expect(needsPreparing(condition, boot)).toBe(false);
  });
});

test("a removal names the one condition", () => {
  expect(removalOf(TYPE)).toEqual({
    status: { conditions: [{ type: TYPE, $patch: "delete" }] },
  });
});
