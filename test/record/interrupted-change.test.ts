import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { said } from "../log.ts";
import { startInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";
import { makeStateDir, prepare } from "./prepare.ts";

/** Half of its work is done when it is interrupted; then it passes at the next start. */
function halves(settings: string) {
  const place = temporaryDirectory("place");
  return makeScripts({
    "10-migrate": shell(
      `echo "previous: \${PREVIOUS_RUN:-none}"
       [ -e ${place}/half ] && exit 0
       touch ${place}/half; echo halfway; exec sleep 1000`,
      settings,
    ),
  });
}

const FIX = "Check that its change is complete; if its timeout ended it, give it more time";

describe.concurrent("a change that was interrupted is reported by the next run, though it passes", () => {
  test("by its timeout", async () => {
    const scripts = halves("timeout=6s");
    const stateDir = makeStateDir();
    const log = `${temporaryDirectory("log")}/termination-log`;
    expect((await prepare(scripts, stateDir)).status).toBe(4);
    const { status, stdout, stderr } = await prepare(scripts, stateDir, `--termination-log=${log}`);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("previous: interrupted\n");
    expect(said(stderr)[0]).toMatch(
      /^10-migrate was interrupted by its timeout at 2\S+Z and may have done half of its work \(ChangeInterrupted\)\. Check/,
    );
    const json = JSON.parse(readFileSync(log, "utf8").split("\n")[1] ?? "") as object;
    expect(json).toMatchObject({
      outcome: "passed",
      failures: [{ script: "10-migrate", code: "ChangeInterrupted", fix: FIX }],
    });
    const third = await prepare(scripts, stateDir);
    expect(third.stdout.toString()).toBe("previous: passed\n");
    expect(third.stderr.toString()).not.toContain("interrupted");
  });

  test("by a signal; a check is not reported", async () => {
    const place = temporaryDirectory("place");
    const waits = (settings: string) =>
      shell(`[ -e ${place}/go ] && exit 0; echo waiting; exec sleep 1000`, settings);
    for (const [settings, isReported] of [
      ["kind=change", true],
      ["kind=check", false],
    ] as const) {
      const scripts = makeScripts({ "10-x": waits(settings) });
      const stateDir = makeStateDir();
      const run = startInit([`-scripts=${scripts}`, `--state-dir=${stateDir}`]);
      await waitFor(() => run.stdout().includes("waiting"), "the script");
      run.kill("SIGTERM");
      await run.ended;
      await Bun.write(`${place}/go`, "");
      const { stderr } = await prepare(scripts, stateDir);
      expect(stderr.toString().includes("10-x was interrupted by a signal at ")).toBe(isReported);
      await Bun.file(`${place}/go`).delete();
    }
  });

  test("by its timeout in an earlier attempt", async () => {
    const { stdout } = await prepare(halves("timeout=6s retries=1 retry-delay=0"), makeStateDir());
    expect(stdout.toString()).toBe("previous: none\nhalfway\nprevious: interrupted\n");
  });
});
