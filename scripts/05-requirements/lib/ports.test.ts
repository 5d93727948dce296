import { expect, test } from "bun:test";
import * as fc from "fast-check";
import type { Port } from "../../../src/lib/linux/checks/host-ports.ts";
import { met, type Finding } from "../../../src/lib/linux/checks/finding.ts";
import type { TakenPort } from "../../../src/lib/linux/checks/ports.ts";
import { judgePorts, readPorts } from "./ports.ts";
import { ok } from "../../../src/lib/result.ts";

const anyPort = fc.record<Port>({
  protocol: fc.constantFrom("tcp", "udp"),
  number: fc.integer({ min: 1, max: 65_535 }),
});

test("ports are read as they are written", () => {
  fc.assert(
    fc.property(fc.array(anyPort, { minLength: 1 }), (ports) => {
      const text = ports.map(({ protocol, number }) => `${number}/${protocol}`).join(",");
      expect(readPorts({ A: text }, "A", "")).toEqual(ok(ports));
    }),
  );
});

test("a range is all its ports", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_000 }), fc.nat(500), (from, more) => {
      const ports = readPorts({ A: `${from}-${from + more}/udp` }, "A", "");
      const numbers = ports.ok ? ports.value.map(({ number }) => number) : [];
      expect(numbers).toEqual(Array.from({ length: more + 1 }, (_, index) => from + index));
    }),
  );
});

function causesOf(finding: Finding): readonly string[] {
  return finding.verdict === "met" ? [] : finding.unmet.map(({ failure }) => failure.cause);
}

const taken = (number: number, error = "EADDRINUSE"): TakenPort => ({
  protocol: "tcp",
  number,
  error,
  holder: undefined,
  isConnection: false,
});
const found = { needed: 9, taken: [], ofVolumes: 2, takenOfVolumes: [] };

test("no more than five are named", () => {
  const finding = judgePorts({ ...found, taken: [1, 2, 3, 4, 5, 6, 7].map((n) => taken(n)) });
  expect(finding.verdict).toBe("failure");
  expect(causesOf(finding)[0]).toEndWith(
    "TCP port 5 (in use by a process that is not seen here) and 2 more",
  );
});

test("what is not allowed is told from what is in use", () => {
  expect(judgePorts({ ...found, taken: [taken(80, "EACCES")] })).toMatchObject({
    verdict: "failure",
    unmet: [
      {
        failure: {
          code: "PortInUse",
          cause: "cannot listen on TCP port 80 (EACCES)",
          fix: "Run the container privileged, and see the node's security policy.",
        },
      },
    ],
  });
});

test("what this pod itself holds is free", () => {
  const holder = { pid: 1, name: "node", isOwnPod: true };
  expect(judgePorts({ ...found, taken: [{ ...taken(5703), holder }] })).toEqual(
    met("9 ports and 2 for shared volumes free"),
  );
});
