import { afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Failure } from "../../../src/lib/failure/failure.ts";
import {
  load,
  makeBlobs,
  makeDataDirectory,
  missing,
  remove,
  scan,
  snapshot,
  somePairs,
  upgrade,
  v2Key,
} from "./database.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const pairs = somePairs(3, 20);

describe.skipIf(missing !== "")("by node version", () => {
  let data = "";
  afterEach(() => remove(data));

  function unchanged(env: Record<string, string | undefined>) {
    const before = snapshot(data);
    const run = upgrade(data, env);
    expect(snapshot(data)).toEqual(before);
    return run;
  }

  describe("a v1 database", () => {
    test.each(["1.4.0", "1.4.0-rc.1", "1.4.3", "1.5.4", "1.99.0"])(
      "is upgraded for node %s",
      (NODE_VERSION) => {
        data = makeDataDirectory({ db: pairs });
        expect(upgrade(data, { NODE_VERSION }).stdout).toContain("successfully upgraded database");
      },
    );

    test.each(["1.3.2", "1.3.99-rc1", "1.0.0", "0.9.0"])("is left for node %s", (NODE_VERSION) => {
      data = makeDataDirectory({ db: pairs });
      expect(unchanged({ NODE_VERSION })).toEqual({
        status: 0,
        stdout: `${data}/db: left as it is\n`,
        stderr: "",
      });
    });

    test.each(["2.0.0", "2.0.0-alpha.1", "2.10.0", "10.0.0"])(
      "is warned of for node %s",
      (NODE_VERSION) => {
        data = makeDataDirectory({ db: pairs });
        expect(unchanged({ NODE_VERSION })).toEqual({
          status: 0,
          stdout: "",
          stderr: `warning: ${data}/db is a v1 database, which node ${NODE_VERSION} does not read; it was not touched. The supported way is to run a node of 1.4.0 or later below 2.0.0 first, which upgrades it to v2, and then to move the volumes to 2.x by copying their data.\n`,
        });
      },
    );

    test("fails where the tag is no version, and says the way out", () => {
      data = makeDataDirectory({ db: pairs });
      const message = join(mkdtempSync(join(tmpdir(), "message-")), "message");
      const run = unchanged({
        NODE_IMAGE: "storageos/node:latest",
        TERMINATION_MESSAGE_PATH: message,
      });
      const text = `cannot determine whether ${data}/db must be upgraded: it may be a v1 database, and the tag of node image storageos/node:latest is not a version. Give the node's version with --node-version (STORAGEOS_INIT_NODE_VERSION), or use an image tag that is a version. Nothing was changed.\n`;
      expect(run).toEqual({ status: 1, stdout: "", stderr: text });
      const { code, cause, fix } = JSON.parse(readFileSync(message, "utf8")) as Failure;
      expect({ code, text: `${cause}. ${fix}\n` }).toEqual({ code: "UpgradeNeedsVersion", text });
    });
  });

  describe("an upgraded database", () => {
    let master = "";
    beforeAll(() => {
      master = makeDataDirectory({ db: pairs });
      upgrade(master);
      return () => remove(master);
    });
    function copyMaster(): void {
      data = mkdtempSync(join(tmpdir(), "dbupgrade-"));
      cpSync(master, data, { recursive: true });
    }

    test.each([
      { NODE_VERSION: "1.4.0" },
      { NODE_VERSION: "2.1.0" },
      { NODE_IMAGE: "node:latest" },
    ])("is nothing to do for %j", (env) => {
      copyMaster();
      expect(unchanged(env)).toEqual({
        status: 0,
        stdout: `${data}/db: already v2, nothing to do\n`,
        stderr: "",
      });
    });

    test("fails for a node that cannot read it, with the way back", () => {
      copyMaster();
      expect(unchanged({ NODE_VERSION: "1.3.0" })).toEqual({
        status: 1,
        stdout: "",
        stderr: `cannot use ${data}/db with node 1.3.0: it is a v2 database, which only nodes from 1.4.0 on can read. Use a node image of 1.4.0 or later. To go back to v1, and lose all that was written since the upgrade: mv ${data}/db ${data}/db.v2 && mv ${data}/db-old ${data}/db.\n`,
      });
    });

    test("is upgraded anew after it was taken back by hand", () => {
      copyMaster();
      renameSync(join(data, "db"), join(data, "db.v2"));
      renameSync(join(data, "db-old"), join(data, "db"));
      expect(unchanged({ NODE_VERSION: "1.3.0" }).status).toBe(0);
      expect(upgrade(data).stdout).toContain("successfully upgraded database");
      expect(scan(join(data, "db"))).toBe(scan(join(data, "db.v2")));
    });

    test.each(["", "{", "null", '{"identity":7}', "\0\xff"])(
      "is known by its keys if the marker is %j",
      (marker) => {
        copyMaster();
        writeFileSync(join(data, "db-format.json"), marker, "latin1");
        expect(upgrade(data)).toEqual({
          status: 0,
          stdout: `${data}/db: was made as v2, nothing to upgrade\n`,
          stderr: "",
        });
        expect(upgrade(data).stdout).toBe(`${data}/db: already v2, nothing to do\n`);
      },
    );
  });

  describe("a database that a node made as v2 itself", () => {
    test("is found to be v2 and marked, once", () => {
      data = makeV2();
      const before = snapshot(join(data, "db")).filter((line) => !line.startsWith("LOCK"));
      expect(upgrade(data).stdout).toBe(`${data}/db: was made as v2, nothing to upgrade\n`);
      expect(upgrade(data).stdout).toBe(`${data}/db: already v2, nothing to do\n`);
      expect(snapshot(join(data, "db")).filter((line) => !line.startsWith("LOCK"))).toEqual(before);
    });

    test("fails for a node below 1.4.0", () => {
      data = makeV2();
      const { status, stderr } = unchanged({ NODE_VERSION: "1.3.0" });
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: `cannot use ${data}/db with node 1.3.0: it is a v2 database, which only nodes from 1.4.0 on can read. Use a node image of 1.4.0 or later. No v1 database is kept here to go back to.\n`,
      });
    });

    test.each([{ NODE_VERSION: "2.1.0" }, { NODE_IMAGE: "node:latest" }])(
      "is nothing to do for %j",
      (env) => {
        data = makeV2();
        expect(unchanged(env)).toEqual({
          status: 0,
          stdout: `${data}/db: left as it is\n`,
          stderr: "",
        });
      },
    );
  });

  test("of a later node, whose keys have another width, nothing is said", () => {
    data = makeDataDirectory({});
    load(join(data, "db"), [["abcdef", "00"]]);
    expect(unchanged({ NODE_VERSION: "2.4.0" })).toEqual({
      status: 0,
      stdout: `${data}/db: left as it is\n`,
      stderr: "",
    });
  });

  test.each([{ NODE_VERSION: "1.4.0" }, { NODE_VERSION: "1.3.0" }, { NODE_VERSION: "2.1.0" }, {}])(
    "no database is nothing to do: %j",
    (env) => {
      data = makeDataDirectory({});
      expect(unchanged(env)).toEqual({
        status: 0,
        stdout: `${data}: no database, nothing to upgrade\n`,
        stderr: "",
      });
      remove(data);
      expect(upgrade(data, env)).toEqual({
        status: 0,
        stdout: `${data}: no database, nothing to upgrade\n`,
        stderr: "",
      });
    },
  );

  test("a database without keys is nothing to do", () => {
    data = makeDataDirectory({ db: [] });
    expect(upgrade(data)).toEqual({
      status: 0,
      stdout: `${data}/db: holds no keys, nothing to upgrade\n`,
      stderr: "",
    });
  });

  test("DEVICE_DIR is not the data directory", () => {
    data = makeDataDirectory({ db: pairs });
    expect(upgrade("", { NODE_VERSION: "1.4.0", DEVICE_DIR: data }).stdout).toBe(
      "/var/lib/storageos/data: no database, nothing to upgrade\n",
    );
  });
});

function makeV2(): string {
  const data = makeDataDirectory({});
  makeBlobs(
    data,
    pairs.map(({ inode }) => inode),
  );
  load(
    join(data, "db"),
    pairs.map((pair) => [v2Key(pair), pair.value]),
  );
  return data;
}
