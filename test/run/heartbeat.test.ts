import { describe, expect, test } from "bun:test";
import { said } from "../log.ts";
import { startInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";

// These wait for the real 30 s; all at the same time.
describe.concurrent("a script that is silent for 30 s", () => {
  test("is said to be still running", async () => {
    const go = `${temporaryDirectory("go")}/go`;
    const scripts = makeScripts({
      "10-silent": shell(`while [ ! -e ${go} ]; do sleep 0.1; done; echo done`),
    });
    const run = startInit([`-scripts=${scripts}`]);
    await waitFor(() => run.stderr().includes("still running"), "the heartbeat");
    await Bun.write(go, "");
    const { status, stderr } = await run.ended;
    expect(status).toBe(0);
    expect(said(stderr)[2]).toBe("still running: 10-silent (30 s)");
  });

  test("also a check that is not shown yet; one that prints is not", async () => {
    const go = `${temporaryDirectory("go")}/go`;
    const scripts = makeScripts({
      "10-prints": shell(`while [ ! -e ${go} ]; do sleep 0.5; echo .; done`, "kind=check"),
      "11-silent": shell(`while [ ! -e ${go} ]; do sleep 0.1; done`, "kind=check"),
    });
    const run = startInit([`-scripts=${scripts}`, "--jobs=2"]);
    await waitFor(() => run.stderr().includes("still running"), "the heartbeat");
    await Bun.write(go, "");
    const { stderr } = await run.ended;
    expect(said(stderr).filter((line) => line.startsWith("still"))).toEqual([
      "still running: 11-silent (30 s)",
    ]);
  });
});
