import { expect, test } from "bun:test";
import { release } from "node:os";
import { passed, runCheck, warned } from "./run-check.ts";

test("a kernel of today passes", async () => {
  expect(await runCheck("kernel")).toEqual(passed(`kernel ${release()}`));
});

test("an old kernel warns", async () => {
  const inside = ["setarch", "x86_64", "--uname-2.6"];
  const shown = Bun.spawnSync([...inside, "uname", "-r"])
    .stdout.toString()
    .trim();
  expect(shown).toStartWith("2.6.");
  expect(await runCheck("kernel", { inside })).toEqual(
    warned(
      "kernel",
      `kernel ${shown} is older than 4.0: no more than 256 volumes can be mounted on this node. ` +
        "Upgrade the node's kernel, or keep to 256 volumes here.",
    ),
  );
});
