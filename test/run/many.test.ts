import { describe, expect, test } from "bun:test";
import { closingTable, said } from "../log.ts";
import { runInit } from "../run-init.ts";
import { makeScripts, shell, type Entry } from "../scripts-dir.ts";

function numbered(amount: number, entry: Entry): Record<string, Entry> {
  const entries: Record<string, Entry> = {};
  for (let index = 0; index < amount; index++) {
    entries[`${String(index % 100).padStart(2, "0")}/${String(index).padStart(5, "0")}`] = entry;
  }
  return entries;
}

const MANY = process.env["NIGHTLY"] === undefined ? 2_000 : 10_000;
const CHECKS = process.env["NIGHTLY"] === undefined ? 300 : 1_000;

describe("many scripts", () => {
  test(`${MANY} run, each once and in order`, async () => {
    const entries = numbered(MANY, shell('echo "$SCRIPT_NAME"'));
    const scripts = makeScripts(entries);
    // Without a record, for which the disk would be waited for 20,000 times.
    const args = [`-scripts=${scripts}`, "--state-dir=/no/such/directory/init"];
    const { status, stdout, stderr } = await runInit(args);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe(`${Object.keys(entries).toSorted().join("\n")}\n`);
    expect(said(stderr).filter((line) => line.startsWith("exec: "))).toHaveLength(MANY);
    expect(said(stderr).at(-1)).toStartWith(`prepared: ${MANY} scripts in `);
  });

  test(`${CHECKS} checks side by side, with output of each that is held back`, async () => {
    const check = shell('echo "$SCRIPT_NAME"; echo "$SCRIPT_NAME" >&2', "kind=check");
    const entries = numbered(CHECKS, check);
    const scripts = makeScripts({ ...entries, "99/99999": shell("exit 3") });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`, "--jobs=50"]);
    expect(status).toBe(1);
    const names = Object.keys(entries).toSorted();
    expect(stdout.toString()).toBe(`${names.join("\n")}\n`);
    const relayed = stderr
      .toString()
      .split("\n")
      .filter((line) => /^\d\d\/\d{5}$/.test(line));
    expect(relayed).toEqual(names);
    const lines = stderr.toString().trimEnd().split("\n");
    expect(lines.at(-1)).toEndWith(` 1 failed, ${CHECKS} passed`);
    expect(closingTable(stderr)).toEqual([["99/99999", "failed", "exit status 3"]]);
  });

  test("one below another, 200 directories deep", async () => {
    const scripts = makeScripts({ [`${"d/".repeat(200)}script`]: shell("echo deep") });
    const { status, stdout } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("deep\n");
  });
});
