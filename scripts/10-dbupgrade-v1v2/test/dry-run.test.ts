/** A dry run shows what a run would do with the databases, or why it would not, and changes nothing. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { waitFor } from "../../../test/wait-for.ts";
import { runInit } from "../../../test/run-init.ts";
import {
  expectedScan,
  load,
  makeDataDirectory,
  missing,
  remove,
  scan,
  snapshot,
  somePairs,
  v1Key,
} from "./database.ts";
import { prepare } from "./prepare.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const SCRIPTS = resolve(import.meta.dir, "../../../dist/scripts/10-dbupgrade-v1v2");

type Shown = {
  readonly status: number | undefined;
  readonly changes: readonly string[];
  readonly code: string;
};

describe.skipIf(missing !== "" || process.getuid?.() !== 0)("a dry run", () => {
  let data = "";
  afterEach(() => remove(data));

  async function dryRun(wrap: readonly string[] = []): Promise<Shown> {
    const before = snapshot(data);
    const flags = [`-scripts=${SCRIPTS}`, "-nodeImage=storageos/node:1.4.0", "--dry-run"];
    const env = { STORAGEOS_DATA_DIR: data, NODE_NAME: "worker-1" };
    const { status, stderr } = await runInit(flags, { env, wrap });
    expect(snapshot(data)).toEqual(before);
    const text = stderr.toString();
    const changes = [...text.matchAll(/Z would change: dbupgrade\.ts: (.*)/g)];
    return {
      status,
      changes: changes.map(([, change = ""]) => change.replaceAll(data, "DATA")),
      code: / cause: .* \((\w+)\)$/m.exec(text)?.[1] ?? "",
    };
  }

  test("of two v1 databases; the run does what it showed", async () => {
    const pairs = somePairs(5, 200);
    data = makeDataDirectory({ db: pairs, db1: somePairs(1, 3) });
    expect(await dryRun()).toEqual({
      status: 0,
      changes: [
        "upgrade DATA/db to v2: 1000 keys, 17 MB of disk, about 1s; keep v1 at DATA/db-old",
        "upgrade DATA/db1 to v2: 3 keys, 17 MB of disk, about 1s; keep v1 at DATA/db1-old",
      ].map((line) => expect.stringMatching(new RegExp(`^${line.replace("17 MB", "\\d+ MB")}$`))),
      code: "",
    });
    expect((await prepare(data)).status).toBe(0);
    expect(scan(join(data, "db"))).toBe(expectedScan(pairs, "v2"));
    expect(await dryRun()).toEqual({ status: 0, changes: [], code: "" });
  });

  test("looks at every key, as the upgrade does: the last one is foreign", async () => {
    data = makeDataDirectory({ db: somePairs(1, 1) });
    remove(join(data, "db"));
    const keys = Array.from(
      { length: 100_050 },
      (_, index) => [v1Key({ inode: 1001n, offset: BigInt(index) * 4096n }), "aa"] as const,
    );
    load(join(data, "db"), [...keys, ["ffffffff", "aa"]]);
    expect(await dryRun()).toEqual({ status: 1, changes: [], code: "DatabaseKeysForeign" });
  });

  test("where the file system is read-only", async () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    const readOnly = `mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"`;
    const wrap = ["unshare", "--mount", "sh", "-c", readOnly, "sh", data];
    const shown = await dryRun(wrap);
    expect(shown).toMatchObject({ status: 0, code: "" });
    expect(shown.changes.length).toBe(1);
  });

  test("of a database that a node has open", async () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    const lock = join(data, "db/LOCK");
    expect(existsSync(lock)).toBe(true);
    const hold = `import fcntl, sys, time
f = open(sys.argv[1], "r+"); fcntl.lockf(f, fcntl.LOCK_EX); print("held", flush=True); time.sleep(600)`;
    const holder = spawn("python3", ["-c", hold, lock], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await new Promise((resolved) => holder.stdout.once("data", resolved));
      expect(await dryRun()).toEqual({ status: 1, changes: [], code: "DatabaseInUse" });
    } finally {
      holder.kill("SIGKILL");
      await waitFor(
        () => holder.exitCode !== null || holder.signalCode !== null,
        "the end of the holder",
      );
    }
  });
});
