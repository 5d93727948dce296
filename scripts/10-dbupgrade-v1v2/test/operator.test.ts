/** An operator decides about a database whose format nothing proves. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AMBIGUOUS,
  expectedScan,
  load,
  makeOfFormats,
  missing,
  remove,
  scan,
  somePairs,
  v2Key,
} from "./database.ts";
import { prepare, refusal } from "./prepare.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const plain = somePairs(3, 20);
const DECIDED_V1 = { STORAGEOS_INIT_DB_FORMAT: "worker-1/db=v1" };

describe.skipIf(missing !== "")("of a database whose format nothing proves", () => {
  let data = "";
  afterEach(() => remove(data));

  const at = (name: string) => join(data, name);

  test("the setting upgrades it, is recorded, and decides about no later database", async () => {
    data = makeOfFormats({ db: [AMBIGUOUS, "v1"] });
    const { status, stdout } = await prepare(data, { env: DECIDED_V1 });
    expect({ status, stdout }).toMatchObject({ status: 0 });
    expect(stdout).toContain("because of STORAGEOS_INIT_DB_FORMAT=worker-1/db=v1");
    expect(scan(at("db"))).toBe(expectedScan(AMBIGUOUS, "v2"));
    expect(readFileSync(at("db-format.json"), "utf8")).toContain(
      '"decidedBy":"STORAGEOS_INIT_DB_FORMAT=worker-1/db=v1"',
    );
    expect(await prepare(data, { env: DECIDED_V1 })).toMatchObject({
      status: 0,
      stdout: `${data}/db: already v2, nothing to do\n`,
    });
    remove(at("db"));
    remove(at("db-old"));
    load(
      at("db"),
      AMBIGUOUS.map((pair) => [v2Key(pair), pair.value]),
    );
    const { code, stderr } = await refusal(data, { env: DECIDED_V1 });
    expect(code).toBe("DatabaseFormatUnknown");
    expect(stderr).toContain("has decided about an earlier database of this name already");
  });

  test("the file that the message names does the same, for this state of this database", async () => {
    data = makeOfFormats({ db: [AMBIGUOUS, "v1"], db1: [AMBIGUOUS, "v1"] });
    const { stderr } = await refusal(data);
    for (const [, file = ""] of stderr.matchAll(/ touch (\S+)/g)) writeFileSync(file, "");
    const { status, stdout } = await prepare(data);
    expect({ status, stdout }).toMatchObject({ status: 0 });
    for (const name of ["db", "db1"]) expect(scan(at(name))).toBe(expectedScan(AMBIGUOUS, "v2"));
  });

  test.each([
    ["another node", "worker-2/db=v1"],
    ["another database", "worker-1/db1=v1"],
    ["no node", "db=v1"],
    ["both formats", "worker-1/db=v1,worker-1/db=v2"],
  ])("a setting that names %s does not count", async (_, setting) => {
    data = makeOfFormats({ db: [AMBIGUOUS, "v1"] });
    expect(await refusal(data, { env: { STORAGEOS_INIT_DB_FORMAT: setting } })).toMatchObject({
      code: "DatabaseFormatUnknown",
    });
  });

  test("a setting never counts against what the keys prove", async () => {
    data = makeOfFormats({ db: [plain, "v2"] });
    expect(await prepare(data, { env: DECIDED_V1 })).toMatchObject({ status: 0 });
    expect(scan(at("db"))).toBe(expectedScan(plain, "v2"));
  });

  test("v1 with a deleted volume's keys is upgraded with all of them", async () => {
    const pairs = [...plain, { inode: 9999n, offset: 8192n, value: "bb" }];
    data = makeOfFormats({ db: [pairs, "v1"] });
    rmSync(at("dev1/vol.9999.0.blob"));
    expect(await refusal(data)).toMatchObject({ code: "VolumeBlobMissing" });
    expect(await prepare(data, { env: DECIDED_V1 })).toMatchObject({ status: 0 });
    expect(scan(at("db"))).toBe(expectedScan(pairs, "v2"));
  });
});
