import { expect, test } from "bun:test";
import { cpus, totalmem } from "node:os";
import { failed, passed, passedWithWarning, runCheck } from "./run-check.ts";

const gib = Number((totalmem() / 2 ** 30).toFixed(1));
const size = `${cpus().length} CPUs, ${gib} GiB of memory`;

test("a machine that is large enough passes", async () => {
  const env = { STORAGEOS_MIN_CPUS: "1", STORAGEOS_MIN_MEMORY: "1Gi" };
  expect(await runCheck("machine", { env })).toEqual(passed(`x86_64, ${size}`));
});

test("a small machine warns", async () => {
  const env = { STORAGEOS_MIN_CPUS: "4096", STORAGEOS_MIN_MEMORY: "1Gi" };
  expect(await runCheck("machine", { env })).toEqual(
    passedWithWarning(
      "machine",
      `this node has ${cpus().length} CPUs; 4096 CPUs are required. ` +
        "Resize the node, or keep the pod off it.",
    ),
  );
});

test("a need that is no number fails, and says which variable", async () => {
  const env = { STORAGEOS_MIN_MEMORY: "lots" };
  expect(await runCheck("machine", { env })).toEqual(
    failed(
      "machine",
      'cannot use STORAGEOS_MIN_MEMORY="lots": it must be a size in bytes. ' +
        "Set it in the init container's environment as in STORAGEOS_MIN_MEMORY=4Gi, or leave it out.",
    ),
  );
});

test("another architecture fails, and only warns where STORAGEOS_WARN_ONLY names the check", async () => {
  const env = { STORAGEOS_ARCHITECTURES: "riscv64,arm64", STORAGEOS_MIN_CPUS: "1" };
  const line =
    "this node's architecture is x86_64; riscv64 or arm64 is required. " +
    "Keep the pod off this node with a nodeSelector or an affinity for kubernetes.io/arch.";
  const seen = (only: string) =>
    runCheck("machine", { env: { ...env, STORAGEOS_WARN_ONLY: only } });
  expect(await seen("ports")).toEqual(failed("machine", line));
  expect(await seen("ports,machine")).toEqual(passedWithWarning("machine", line));
  expect(await seen("all")).toEqual(passedWithWarning("machine", line));
});
