/** Files as they are, of the database and in shared directories. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import {
  expectedScan,
  ldb,
  makeDataDirectory,
  missing,
  remove,
  scan,
  somePairs,
} from "./database.ts";
import { prepare, refusal } from "./prepare.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const pairs = somePairs(3, 20);

describe.skipIf(missing !== "" || process.getuid?.() !== 0)("a data directory", () => {
  let data = "";
  afterEach(() => remove(data));

  const at = (name: string) => join(data, name);

  test.each([
    ["full", "mount -t tmpfs -o size=4k tmpfs /dev/shm && head -c 4096 /dev/zero >/dev/shm/filler"],
    ["read-only", "mount -t tmpfs -o ro tmpfs /dev/shm"],
    [
      "missing",
      "mount -t tmpfs tmpfs /dev && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/urandom c 1 9",
    ],
  ])("is upgraded where /dev/shm is %s", async (_, change) => {
    data = makeDataDirectory({ db: pairs });
    const wrap = ["unshare", "--mount", "sh", "-c", `${change} && exec "$0" "$@"`];
    const { status, code } = await prepare(data, { wrap });
    expect({ status, code }).toEqual({ status: 0, code: "" });
    expect(scan(at("db"))).toBe(expectedScan(pairs, "v2"));
  });

  test("is upgraded while another one is, and neither leaves anything in /dev/shm", async () => {
    data = makeDataDirectory({ db: pairs });
    const other = makeDataDirectory({ db: pairs });
    const shared = at("shm");
    mkdirSync(shared);
    const wrap = [
      "unshare",
      "--mount",
      "sh",
      "-c",
      `mount --bind ${shared} /dev/shm && exec "$0" "$@"`,
    ];
    const runs = await Promise.all([prepare(data, { wrap }), prepare(other, { wrap })]);
    expect(runs.map(({ status }) => status)).toEqual([0, 0]);
    for (const one of [data, other]) expect(scan(join(one, "db"))).toBe(expectedScan(pairs, "v2"));
    remove(other);
    expect(readdirSync(shared)).toEqual([]);
  });

  test("is upgraded to files with the owner and the permissions of v1's", async () => {
    data = makeDataDirectory({ db: somePairs(3, 2000) });
    ldb(["compact", `--db=${at("db")}`]);
    for (const name of readdirSync(at("db"))) {
      chownSync(at(`db/${name}`), 1234, 4321);
      chmodSync(at(`db/${name}`), 0o640);
    }
    expect(await prepare(data)).toMatchObject({ status: 0 });
    for (const name of readdirSync(at("db"))) {
      const { uid, gid, mode } = statSync(at(`db/${name}`));
      expect({ name, uid, gid, mode: mode & 0o777 }).toEqual({
        name,
        uid: 1234,
        gid: 4321,
        mode: 0o640,
      });
    }
  });

  test.each(["db-format.json", "db/IDENTITY", "db/OPTIONS-000007", "db/CURRENT", "db/LOCK"])(
    "with a FIFO as %s is refused and does not hang",
    async (name) => {
      data = makeDataDirectory({ db: pairs });
      rmSync(at(name), { force: true });
      expect(spawnSync("mkfifo", [at(name)]).status).toBe(0);
      const { code, stderr } = await refusal(data);
      expect(code).toBe("DatabaseFilesUnexpected");
      expect(stderr).toContain(`${data}/${name} is neither a file nor a directory`);
    },
  );

  test("with a table file that the database does not know is refused", async () => {
    data = makeDataDirectory({ db: pairs });
    ldb(["compact", `--db=${at("db")}`]);
    const table = readdirSync(at("db")).find((name) => name.endsWith(".sst")) ?? "";
    copyFileSync(at(`db/${table}`), at("db/000099.sst"));
    const { code, stderr } = await refusal(data);
    expect(code).toBe("DatabaseFilesUnexpected");
    expect(stderr).toContain(
      `${data}/db/000099.sst is a table file that the database does not know`,
    );
  });
});
