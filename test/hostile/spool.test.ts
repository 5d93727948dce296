/** Output of checks that waits for its turn, and what it leaves. */
import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { runInit, startInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";

const MIB = 1 << 20;

/** The sizes of a process's open files that have no name any more. */
function unnamedFilesOf(pid: number): readonly number[] {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).flatMap((fd) => {
    try {
      const isSpool = /\/storageos-init-\w+\/output-\d+ \(deleted\)$/.test(
        readlinkSync(`${directory}/${fd}`),
      );
      return isSpool ? [statSync(`${directory}/${fd}`).size] : [];
    } catch {
      return [];
    }
  });
}

test("what waits is in memory, which cannot freeze, unless TMPDIR names a directory", async () => {
  const scripts = makeScripts({
    "10-a": shell('stat --file-system --format=%T "${TERMINATION_MESSAGE_PATH%/*}"'),
  });
  const { stdout } = await runInit([`-scripts=${scripts}`], { env: { TMPDIR: "" } });
  expect(stdout.toString()).toBe("tmpfs\n");
});

describe.concurrent("output of a check that waits for its turn", () => {
  test("at most 8 MiB, then the check waits; all of it comes, in order", async () => {
    const directory = temporaryDirectory("go");
    const scripts = makeScripts({
      "10-first": shell(
        `while [ ! -e ${directory}/go ]; do sleep 0.05; done; echo first`,
        "kind=check",
      ),
      "20-flood": shell(
        `head -c ${20 * MIB} /dev/zero | tr '\\0' x; : >${directory}/done`,
        "kind=check",
      ),
    });
    const run = startInit([`-scripts=${scripts}`, "--jobs=2"]);
    const size = await waitFor(
      () => unnamedFilesOf(run.pid).find((bytes) => bytes > 7 * MIB),
      "a full spool",
    );
    expect(size).toBeLessThanOrEqual(8 * MIB);
    // It cannot have printed the rest: nobody takes it.
    expect(existsSync(`${directory}/done`)).toBe(false);
    writeFileSync(`${directory}/go`, "");
    const { status, stdout } = await run.ended;
    expect({ status, bytes: stdout.length }).toEqual({ status: 0, bytes: 20 * MIB + 6 });
    expect(stdout.subarray(0, 8).toString()).toBe("first\nxx");
    expect(existsSync(`${directory}/done`)).toBe(true);
  });

  test("less than that: the check ends while another one still runs", async () => {
    const directory = temporaryDirectory("go");
    const scripts = makeScripts({
      "10-first": shell(
        `while [ ! -e ${directory}/done ]; do sleep 0.05; done; echo first`,
        "kind=check",
      ),
      "20-chatty": shell(
        `head -c ${5 * MIB} /dev/zero | tr '\\0' x; : >${directory}/done`,
        "kind=check",
      ),
    });
    const { status, stdout } = await runInit([`-scripts=${scripts}`, "--jobs=2"]);
    expect({ status, bytes: stdout.length }).toEqual({ status: 0, bytes: 5 * MIB + 6 });
  });

  test("after SIGKILL nothing is left of it, and the next run removes the rest", async () => {
    const temporary = temporaryDirectory("tmp");
    const env = { TMPDIR: temporary };
    const flood = shell(`head -c ${20 * MIB} /dev/zero; sleep 1000`, "kind=check");
    const scripts = makeScripts({ "10-first": shell("sleep 1000", "kind=check"), "20-b": flood });
    const killed = startInit([`-scripts=${scripts}`, "--jobs=2"], { env, mayLeave: true });
    await waitFor(() => unnamedFilesOf(killed.pid).some((bytes) => bytes > MIB), "a spool");
    const [left = ""] = readdirSync(temporary);
    expect(readdirSync(`${temporary}/${left}`)).toEqual([]);
    killed.kill("SIGKILL");
    await killed.ended;

    const old = new Date(Date.now() - 60_000);
    utimesSync(`${temporary}/${left}`, old, old);
    // Of a living run, another user's name, and a link to what is nobody's business.
    const living = startInit([`-scripts=${makeScripts({ "10-a": shell("sleep 1000") })}`], { env });
    const isStarted = (): boolean => living.stderr().includes("exec: ");
    await waitFor(isStarted, "the living run");
    await waitFor(() => !existsSync(`${temporary}/${left}`), "the sweep");
    const [alive = ""] = readdirSync(temporary);
    utimesSync(`${temporary}/${alive}`, old, old);
    const precious = temporaryDirectory("precious");
    writeFileSync(`${precious}/file`, "");
    symlinkSync(precious, `${temporary}/storageos-init-abcdef`);
    mkdirSync(`${temporary}/storageos-init-mine`);
    mkdirSync(`${temporary}/storageos-init-zyxwvu`);
    utimesSync(`${temporary}/storageos-init-zyxwvu`, old, old);
    const next = makeScripts({
      "10-a": shell(`while [ -e ${temporary}/storageos-init-zyxwvu ]; do sleep 0.05; done`),
    });
    expect((await runInit([`-scripts=${next}`], { env })).status).toBe(0);
    expect(readdirSync(temporary).toSorted()).toEqual(
      [alive, "storageos-init-abcdef", "storageos-init-mine"].toSorted(),
    );
    expect(existsSync(`${precious}/file`)).toBe(true);
    living.kill("SIGTERM");
    await living.ended;
  });
});
