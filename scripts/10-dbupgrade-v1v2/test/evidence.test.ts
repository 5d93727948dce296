/** No guess about the format: what is not proved is refused, and an operator can decide. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  expectedScan,
  missing,
  remove,
  scan,
  somePairs,
  AMBIGUOUS,
  makeOfFormats,
} from "./database.ts";
import { prepare, refusal } from "./prepare.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const plain = somePairs(3, 20);

describe.skipIf(missing !== "")("a database", () => {
  let data = "";
  afterEach(() => remove(data));

  const at = (name: string) => join(data, name);

  test("v2 without IDENTITY and marker, whose keys fit both formats, is not converted", async () => {
    data = makeOfFormats({ db: [AMBIGUOUS, "v2"] });
    rmSync(at("db/IDENTITY"));
    const { code, stderr } = await refusal(data);
    expect(code).toBe("DatabaseFormatUnknown");
    expect(stderr).toContain(
      "16 keys: 0 fit only v1, 0 only v2, 16 both, 0 neither; 4 volumes have blobs; no marker; no db-old; previous node image unknown",
    );
    expect(stderr).toContain("STORAGEOS_INIT_DB_FORMAT=worker-1/db=v1");
  });

  test("v2 without a marker is not converted because a db-old is beside it, nor without it", async () => {
    data = makeOfFormats({ db: [AMBIGUOUS, "v2"], "db-old": [AMBIGUOUS, "v1"] });
    expect(await refusal(data)).toMatchObject({ code: "DatabaseFormatUnknown" });
    renameSync(at("db-old"), at("kept"));
    expect(await refusal(data)).toMatchObject({ code: "DatabaseFormatUnknown" });
  });

  test("the first v2, moved back after a second upgrade, is known by its mark", async () => {
    data = makeOfFormats({ db: [plain, "v1"] });
    expect(await prepare(data)).toMatchObject({ status: 0 });
    renameSync(at("db"), at("first"));
    renameSync(at("db-old"), at("db"));
    expect(await prepare(data)).toMatchObject({ status: 0 });
    renameSync(at("db"), at("second"));
    renameSync(at("first"), at("db"));
    const { status, stdout } = await prepare(data);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${data}/db: already v2, nothing to do\n`,
    });
  });

  test("plain v1 is not upgraded while one beside it cannot be decided", async () => {
    data = makeOfFormats({ db: [plain, "v1"], db1: [AMBIGUOUS, "v2"] });
    expect(await refusal(data)).toMatchObject({ code: "DatabaseFormatUnknown" });
  });

  test("plain v1 is upgraded beside plain v2, which is only marked", async () => {
    data = makeOfFormats({ db: [plain, "v1"], db1: [plain, "v2"] });
    expect(await prepare(data)).toMatchObject({ status: 0 });
    for (const name of ["db", "db1"]) expect(scan(at(name))).toBe(expectedScan(plain, "v2"));
    expect(readdirSync(data)).not.toContain("db1-old");
  });

  test("v1 with small offsets and a deleted volume's blob is not adopted as v2", async () => {
    data = makeOfFormats({ db: [AMBIGUOUS, "v1"] });
    rmSync(at("dev1/vol.4.0.blob"));
    const { code, stderr } = await refusal(data);
    expect(code).toBe("VolumeBlobMissing");
    expect(stderr).toContain("vol.4.<n>.blob is in no ");
  });

  test("v1 files copied over an upgraded database, whose IDENTITY and marker stay, are seen", async () => {
    data = makeOfFormats({ db: [plain, "v1"] });
    await prepare(data);
    for (const name of readdirSync(at("db"))) if (name !== "IDENTITY") rmSync(at(`db/${name}`));
    cpSync(at("db-old"), at("db"), {
      recursive: true,
      filter: (from) => !from.endsWith("IDENTITY"),
    });
    const { stdout } = await refusal(data);
    expect(stdout).not.toContain("already v2");
  });

  test.each(["1.3.0", "1.4.0"])(
    "v2 without a marker: node %s starts only if it can read it",
    async (tag) => {
      data = makeOfFormats({ db: [plain, "v2"] });
      const run = await prepare(data, { tag });
      expect(run).toMatchObject(
        tag === "1.4.0" ? { status: 0 } : { status: 1, code: "DatabaseIsV2" },
      );
      expect(scan(at("db"))).toBe(expectedScan(plain, "v2"));
    },
  );

  test("that may be v2 is refused for a node that reads only v1", async () => {
    data = makeOfFormats({ db: [AMBIGUOUS, "v2"] });
    expect(await refusal(data, { tag: "1.3.0" })).toMatchObject({ code: "DatabaseFormatUnknown" });
  });

  test("without any blob is upgraded where it is plainly v1, and adopted where it is plainly v2", async () => {
    const many = somePairs(4, 400);
    data = makeOfFormats({ db: [many, "v1"], db1: [many, "v2"] });
    remove(at("dev1"));
    expect(await prepare(data)).toMatchObject({ status: 0 });
    for (const name of ["db", "db1"]) expect(scan(at(name))).toBe(expectedScan(many, "v2"));
    expect(readdirSync(data).toSorted()).toEqual([
      "db",
      "db-format.json",
      "db-old",
      "db1",
      "db1-format.json",
    ]);
  });

  test("from node 1.3 to 1.4 to 2.4 is left, upgraded, and left", async () => {
    data = makeOfFormats({ db: [plain, "v1"] });
    expect(await prepare(data, { tag: "1.3.2" })).toMatchObject({
      status: 0,
      stdout: `${data}/db: left as it is\n`,
    });
    expect(await prepare(data, { tag: "1.4.0" })).toMatchObject({ status: 0 });
    expect(await prepare(data, { tag: "2.4.0" })).toMatchObject({
      status: 0,
      stdout: `${data}/db: already v2, nothing to do\n`,
    });
    expect(scan(at("db"))).toBe(expectedScan(plain, "v2"));
    expect(scan(at("db-old"))).toBe(expectedScan(plain, "v1"));
  });
});
