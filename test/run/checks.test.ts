import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { closingTable, said, timeless } from "../log.ts";
import { isRoot, NOTHING_WRITABLE } from "../namespaces.ts";
import { runInit, startInit } from "../run-init.ts";
import { makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";

/** Waits until so many checks have begun: passes only if they run side by side. */
function meets(others: number, place: string, then: string): Entry {
  return shell(
    `echo $$ >>${place}; while [ "$(wc -l <${place})" -lt ${others} ]; do sleep 0.02; done; ${then}`,
    "kind=check",
  );
}

function meetingPlace(): string {
  return `${temporaryDirectory("meeting")}/begun`;
}

/** 3 MB of lines, no two of them alike. */
function linesOf(letter: string): string {
  return Array.from({ length: 250_000 }, (_, index) => `${letter}${index + 1_000_000_000}\n`).join(
    "",
  );
}

function floods(place: string): Readonly<Record<string, Entry>> {
  const directory = temporaryDirectory("floods");
  const flood = (letter: string): string => {
    const path = `${directory}/${letter}`;
    writeFileSync(path, linesOf(letter));
    return `cat ${path} & cat ${path} >&2; wait`;
  };
  return {
    "10-a": meets(3, place, `sleep 0.3; ${flood("a")}`),
    "11-b": meets(3, place, flood("b")),
    "12-c": meets(3, place, flood("c")),
  };
}

describe.concurrent("checks side by side", () => {
  test("neighbouring checks run together, and each is told whole, in order", async () => {
    const place = meetingPlace();
    const scripts = makeScripts({
      "10-a": meets(3, place, "echo a1; sleep 0.3; echo a2; echo a3 >&2"),
      "11-b": meets(3, place, "echo b1; sleep 0.1; echo b2; echo b3 >&2"),
      "12-c": meets(3, place, "echo c1; echo c2; printf c3 >&2"),
      "20-change": shell("echo changed"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`, "--jobs=3"]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("a1\na2\nb1\nb2\nc1\nc2\nchanged\n");
    expect(timeless(stderr).split("\n").slice(1, 9)).toEqual([
      `T exec: ${scripts}/10-a`,
      "a3",
      `T exec: ${scripts}/11-b`,
      "b3",
      `T exec: ${scripts}/12-c`,
      "c3",
      `T exec: ${scripts}/20-change`,
      "SCRIPT     OUTCOME  DURATION",
    ]);
  });

  test("all of them run even when one fails; then nothing further does", async () => {
    const scripts = makeScripts({
      "10-a": shell("echo a; exit 3", "kind=check"),
      "11-b": shell("echo b; exit 4", "kind=check"),
      "12-c": shell("echo c", "kind=check"),
      "20-change": shell("echo no"),
      "30-check": shell("echo no", "kind=check"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`, "--jobs=1"]);
    expect(status).toBe(1);
    expect(stdout.toString()).toBe("a\nb\nc\n");
    expect(said(stderr).slice(-5)).toEqual([
      `init failed: script "${scripts}/10-a" failed: exit status 3`,
      "cause: exit status 3; printed last: a (ScriptFailed)",
      "fix: see the output above",
      "also failed: 11-b (ScriptFailed)",
      "2 failed, 1 passed, 2 not run",
    ]);
    expect(closingTable(stderr)).toEqual([
      ["10-a", "failed", "exit status 3"],
      ["11-b", "failed", "exit status 4"],
      ["12-c", "passed"],
    ]);
  });

  test("--jobs is the most that run at once", async () => {
    const place = meetingPlace();
    const one = `echo begin >>${place}; sleep 0.1; echo end >>${place}`;
    const entries = Array.from({ length: 8 }, (_, index) => [
      `1${index}`,
      shell(one, "kind=check"),
    ]);
    const scripts = makeScripts(Object.fromEntries(entries) as Record<string, Entry>);
    const { status } = await runInit([`-scripts=${scripts}`, "--jobs=2"]);
    expect(status).toBe(0);
    let running = 0;
    const atOnce = readFileSync(place, "utf8")
      .trim()
      .split("\n")
      .map((line) => (running += line === "begin" ? 1 : -1));
    expect(Math.max(...atOnce)).toBe(2);
  });

  test("changes between checks wait for those before them, and run alone", async () => {
    const place = meetingPlace();
    const scripts = makeScripts({
      "10-check": shell(`sleep 0.3; echo check1 >>${place}`, "kind=check"),
      "20-change": shell(`echo change >>${place}`),
      "30-check": shell(`echo check2 >>${place}`, "kind=check"),
    });
    await runInit([`-scripts=${scripts}`, "--jobs=9"]);
    expect(readFileSync(place, "utf8")).toBe("check1\nchange\ncheck2\n");
  });

  test("the first check is shown as it goes, the others do not mix into it", async () => {
    const place = meetingPlace();
    const go = `${temporaryDirectory("go")}/go`;
    const scripts = makeScripts({
      "10-a": meets(2, place, `echo a1; while [ ! -e ${go} ]; do sleep 0.02; done; echo a2`),
      "11-b": meets(2, place, `echo b; touch ${go}`),
    });
    const run = startInit([`-scripts=${scripts}`, "--jobs=2"]);
    await waitFor(() => run.stdout().startsWith("a1\n"), "the first check's output");
    expect((await run.ended).stdout.toString()).toBe("a1\na2\nb\n");
  });

  for (const [name, wrap] of [
    ["output of 3 MB on each stream is held back whole", undefined],
    ["the same where nothing is writable for it", NOTHING_WRITABLE],
  ] as const) {
    test.skipIf(wrap !== undefined && !isRoot)(name, async () => {
      const scripts = makeScripts(floods(meetingPlace()));
      const { status, stdout, stderr } = await runInit(
        [`-scripts=${scripts}`, "--jobs=3"],
        wrap === undefined ? {} : { wrap },
      );
      expect(status).toBe(0);
      const all = ["a", "b", "c"].map(linesOf).join("");
      expect(stdout.toString() === all).toBe(true);
      const relayed = stderr.toString().match(/^[abc]1\d{9}\n/gm) ?? [];
      expect(relayed.join("") === all).toBe(true);
    });
  }
});
