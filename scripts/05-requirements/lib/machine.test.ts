import { expect, test } from "bun:test";
import { judgeMachine } from "./machine.ts";

const needed = { architectures: ["x86_64"], cpus: 2, memory: 4 * 2 ** 30 };
const found = { architecture: "x86_64", cpus: 2, memory: 4 * 2 ** 30 };

test("a node of 4 GiB, of which the kernel shows less, is large enough", () => {
  expect(judgeMachine({ ...found, memory: 3.7 * 2 ** 30 }, needed).verdict).toBe("met");
  expect(judgeMachine({ ...found, memory: 3.4 * 2 ** 30 }, needed).verdict).toBe("warning");
});

test("one core too few warns; another architecture fails, whatever else is unmet", () => {
  expect(judgeMachine({ ...found, cpus: 1 }, needed).verdict).toBe("warning");
  expect(judgeMachine({ ...found, cpus: 1, architecture: "aarch64" }, needed).verdict).toBe(
    "failure",
  );
});
