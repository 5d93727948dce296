/** Directories, links and mounts as they are: seen before anything is changed. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectedScan, makeDataDirectory, missing, remove, scan, somePairs } from "./database.ts";
import { prepare, refusal } from "./prepare.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const pairs = somePairs(3, 20);

describe.skipIf(missing !== "" || process.getuid?.() !== 0)("a data directory", () => {
  let data = "";
  afterEach(() => {
    for (const name of ["db", "db1"])
      spawnSync("umount", ["-l", join(data, name)], { stdio: "ignore" });
    remove(data);
  });

  const at = (name: string) => join(data, name);

  /** Does what the message's fix says after these words. */
  function follow(stderr: string, words: string): void {
    const fix = /Z fix: (.*)$/m.exec(stderr)?.[1] ?? "";
    const command = fix.slice(fix.indexOf(words) + words.length).split(". To ")[0] ?? "";
    expect(spawnSync("sh", ["-c", command], { encoding: "utf8" })).toMatchObject({ status: 0 });
  }

  async function passes(): Promise<void> {
    const { status, code } = await prepare(data);
    expect({ status, code }).toEqual({ status: 0, code: "" });
    expect(scan(at("db"))).toBe(expectedScan(pairs, "v2"));
  }

  test("with an administrator's db-new keeps it, and names the command that moves it away", async () => {
    data = makeDataDirectory({ db: pairs });
    mkdirSync(at("db-new/upgrade"), { recursive: true });
    writeFileSync(at("db-new/upgrade/notes.txt"), "mine");
    const { code, stderr } = await refusal(data);
    expect(code).toBe("DirectoryInTheWay");
    follow(stderr, "no longer needed: ");
    await passes();
    expect(existsSync(at("db-new.1/upgrade/notes.txt"))).toBe(true);
  });

  test.each(["db-old", "db-new"])(
    "with a %s and no db does not let the node start empty",
    async (left) => {
      data = makeDataDirectory({ [left]: pairs });
      const { code, stderr } = await refusal(data);
      expect(code).toBe("DatabaseMissing");
      expect(stderr).toContain(`mv ${data}/${left} ${data}/${left}.1`);
      follow(stderr, "To use it: ");
      await passes();
    },
  );

  test("with an empty db and a db-old does not let the node start empty", async () => {
    data = makeDataDirectory({ "db-old": pairs });
    mkdirSync(at("db"));
    const { code, stderr } = await refusal(data);
    expect(code).toBe("DatabaseMissing");
    follow(stderr, "To use it: ");
    await passes();
  });

  test.each([[[]], [["lost+found"]]])(
    "with a db that holds only %j is a new node's",
    async (names) => {
      data = makeDataDirectory({});
      mkdirSync(at("db"));
      for (const name of names) mkdirSync(at(`db/${name}`));
      expect(await prepare(data)).toMatchObject({
        status: 0,
        stdout: `${data}/db: no database, nothing to upgrade\n`,
      });
    },
  );

  test("with a broken link in place of db is refused", async () => {
    data = makeDataDirectory({});
    symlinkSync("/missing/disk/db", at("db"));
    const { code, stderr } = await refusal(data);
    expect(code).toBe("DatabaseLinkBroken");
    expect(stderr).toContain("it is a link to /missing/disk/db, which is missing");
  });

  test("with a file in place of db is refused", async () => {
    data = makeDataDirectory({});
    writeFileSync(at("db"), "");
    expect(await refusal(data)).toMatchObject({ code: "DatabaseNotADirectory" });
  });

  test("whose db is a link to another disk is refused before anything is written", async () => {
    data = makeDataDirectory({ elsewhere: pairs });
    symlinkSync(at("elsewhere"), at("db"));
    const { code, stderr } = await refusal(data);
    expect(code).toBe("DatabaseNotMovable");
    follow(stderr, "plain directory: ");
    await passes();
  });

  test("whose db is a mount point is refused before anything is written", async () => {
    data = makeDataDirectory({ elsewhere: pairs });
    mkdirSync(at("db"));
    expect(spawnSync("mount", ["--bind", at("elsewhere"), at("db")]).status).toBe(0);
    const { code, stderr } = await refusal(data);
    expect(code).toBe("DatabaseNotMovable");
    follow(stderr, "plain directory: ");
    await passes();
  });

  test("of which one database cannot change places keeps all of them", async () => {
    data = makeDataDirectory({ db: pairs, elsewhere: pairs });
    mkdirSync(at("db1"));
    expect(spawnSync("mount", ["--bind", at("elsewhere"), at("db1")]).status).toBe(0);
    expect(await refusal(data)).toMatchObject({ code: "DatabaseNotMovable" });
  });

  test("of which one database was upgraded and the other cannot be names the way back", async () => {
    data = makeDataDirectory({ db: pairs });
    expect(await prepare(data)).toMatchObject({ status: 0 });
    const other = makeDataDirectory({ db: pairs });
    renameSync(join(other, "db"), at("elsewhere"));
    remove(other);
    mkdirSync(at("db1"));
    expect(spawnSync("mount", ["--bind", at("elsewhere"), at("db1")]).status).toBe(0);
    const { stderr } = await refusal(data);
    expect(stderr).toContain("db is v2 and db1 is not. Fix the other failure");
    expect(stderr).toContain(
      `To go back to v1 instead: mv ${data}/db ${data}/db.v2 && mv ${data}/db-old ${data}/db`,
    );
  });
});
