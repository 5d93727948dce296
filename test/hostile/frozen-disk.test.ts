import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { allSaid, said } from "../log.ts";
import { makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { canFreeze, FREEZE, makeDisk, runOnDisk } from "./frozen-disk.ts";

const MACHINE_IS_BUSY_MS = 6_000;
const DEADLINE_MS = 10_000;

const about = (stderr: Buffer, words: string): readonly string[] =>
  said(stderr).filter((line) => line.includes(words));

describe.concurrent.skipIf(!canFreeze())(
  "a disk that does not answer (needs root, loop devices)",
  () => {
    test("before the start: the first line comes at once, and the run goes on without a record", async () => {
      const disk = makeDisk();
      const scripts = makeScripts({ "10-a": shell("echo a"), "20-b": shell("echo b") });
      const run = await runOnDisk(disk, [`-scripts=${scripts}`, `--state-dir=${disk.stateDir}`], {
        isFrozenFirst: true,
      });
      expect(run).toMatchObject({ status: 0, stdout: Buffer.from("a\nb\n") });
      expect(run.firstLineMs).toBeLessThan(1_000 + MACHINE_IS_BUSY_MS);
      expect(run.tookMs).toBeLessThan(DEADLINE_MS + 2_000 + MACHINE_IS_BUSY_MS);
      expect(allSaid(run.stderr)[0]).toBe(
        `waiting for the disk of ${disk.stateDir}, for up to 10 s`,
      );
      expect(about(run.stderr, "StateDirectoryHangs")).toHaveLength(1);
      expect(said(run.stderr).at(-1)).toStartWith("prepared: 2 scripts");
    });

    test("the scripts directory: it is only read", async () => {
      const disk = makeDisk();
      const scripts = makeScripts({ "10-a": shell("echo a"), "20-d/b": shell("echo b") });
      const run = await runOnDisk(disk, [`-scripts=${disk.path}/scripts`], {
        isFrozenFirst: true,
        scripts,
      });
      expect(run).toMatchObject({ status: 0, stdout: Buffer.from("a\nb\n") });
    });

    test("midway: 40 scripts wait once, for less than the grace, and the verdict is right", async () => {
      const disk = makeDisk();
      const rest = Array.from({ length: 40 }, (_, index): [string, Entry] => [
        `20-${index + 10}`,
        shell("echo x"),
      ]);
      const scripts = makeScripts({ "10-freeze": shell(FREEZE), ...Object.fromEntries(rest) });
      const run = await runOnDisk(disk, [
        `-scripts=${scripts}`,
        `--state-dir=${disk.stateDir}`,
        "--grace=2s",
      ]);
      expect(run).toMatchObject({ status: 0, stdout: Buffer.from("x\n".repeat(40)) });
      expect(run.tookMs).toBeLessThan(4_000 + MACHINE_IS_BUSY_MS);
      expect(about(run.stderr, "StateDirectoryHangs")).toHaveLength(1);
      expect(said(run.stderr).at(-1)).toStartWith("prepared: 41 scripts");
    });

    test("midway, and then the deadline of the run: it ends within the grace and 2 s", async () => {
      const disk = makeDisk();
      const scripts = makeScripts({
        "10-freeze": shell(`${FREEZE}; trap : TERM; sleep 1000 & wait; sleep 1000 & wait`),
      });
      const run = await runOnDisk(disk, [
        `-scripts=${scripts}`,
        `--state-dir=${disk.stateDir}`,
        `--termination-log=${disk.terminationLog}`,
        "--total-timeout=1s",
        "--grace=1s",
      ]);
      expect(run.status).toBe(4);
      expect(run.tookMs).toBeLessThan(4_000 + MACHINE_IS_BUSY_MS);
      expect(about(run.stderr, "TerminationMessageNotWritten")).toHaveLength(1);
      expect(said(run.stderr).slice(-3).join("\n")).toInclude("fix: ");
    });

    test("in a container of its own: log and termination message say it before the kernel holds it", async () => {
      const disk = makeDisk();
      const log = `${temporaryDirectory("log")}/termination-log`;
      const scripts = makeScripts({ "10-freeze": shell(FREEZE), "20-b": shell("exit 7") });
      const running = runOnDisk(
        disk,
        [
          `-scripts=${scripts}`,
          `--state-dir=${disk.stateDir}`,
          `--termination-log=${log}`,
          "--grace=1s",
        ],
        { hasOwnPids: true, mayLeave: true },
      );
      for (let tries = 0; tries < 300 && !isConcluded(log); tries++) await Bun.sleep(100);
      expect(readFileSync(log, "utf8")).toStartWith("20-b: exit status 7");
      expect(existsSync(`${disk.path}.end`)).toBe(false);
      disk.thaw();
      const run = await running;
      expect(run.status).toBe(1);
      const lines = said(run.stderr);
      const kept = lines.findIndex((line) => line.includes("(KernelKeepsContainer)"));
      expect(lines[kept]).toMatch(
        /^only the kernel can end this container: process \d+ hangs on the disk of /,
      );
      expect(lines.findIndex((line) => line.startsWith("init failed: "))).toBeGreaterThan(kept);
    });

    test("of the termination message alone: the record is whole", async () => {
      const disk = makeDisk();
      const stateDir = `${temporaryDirectory("host")}/init`;
      const scripts = makeScripts({ "10-a": shell(":") });
      const run = await runOnDisk(
        disk,
        [
          `-scripts=${scripts}`,
          `--state-dir=${stateDir}`,
          `--termination-log=${disk.terminationLog}`,
          "--grace=1s",
        ],
        { isFrozenFirst: true },
      );
      expect(run.status).toBe(0);
      expect(run.tookMs).toBeLessThan(3_000 + MACHINE_IS_BUSY_MS);
      expect(about(run.stderr, "no response from its disk")).toHaveLength(1);
      expect(readFileSync(`${stateDir}/record.jsonl`, "utf8")).toInclude('"prepared"');
    });
  },
);

/** Not while the script still runs. */
function isConcluded(log: string): boolean {
  return existsSync(log) && readFileSync(log, "utf8").includes("exit status 7");
}
