import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ldb, makeDataDirectory, missing, remove, somePairs, upgrade, v2Key } from "./database.ts";
import { write } from "./write.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const pairs = somePairs(3, 400);
const [first, second] = [
  { inode: 1001n, offset: 4096n },
  { inode: 1002n, offset: 4096n },
].map((key) => `0x${v2Key(key)}`) as [string, string];

describe.skipIf(missing !== "")("reading v2 back", () => {
  let data = "";
  afterEach(() => remove(data));

  /** Upgrades, alters v2 with ldb, and gives what verifying says then. */
  function verifyAfter(...alterations: readonly string[][]): string {
    data = makeDataDirectory({ db: pairs });
    expect(upgrade(data).status).toBe(0);
    for (const [command = "", ...args] of alterations)
      ldb([command, "--hex", `--db=${data}/db`, ...args]);
    // As the upgrade leaves it: all in tables, nothing overwritten.
    if (alterations.length > 0) ldb(["compact", `--db=${data}/db`]);
    return verifyOnly();
  }

  function verifyOnly(): string {
    const main = join(import.meta.dir, "verify-main.ts");
    const { stdout } = spawnSync(process.execPath, [main, `${data}/db`, `${data}/db-format.json`], {
      encoding: "utf8",
    });
    return stdout;
  }

  test("finds it the same", () => {
    expect(verifyAfter()).toBe("the same");
  });

  test("finds a lost pair", () => {
    expect(verifyAfter(["delete", first])).toMatch(
      /^v2 holds 1199 pairs with checksum [\da-f]{16}, but v1 holds 1200 pairs with checksum [\da-f]{16}$/,
    );
  });

  test("finds an altered value", () => {
    expect(verifyAfter(["put", first, "0x00"])).toStartWith("v2 holds 1200 pairs with checksum ");
  });

  test("finds two values that changed places", () => {
    const valueOf = (key: string) => ldb(["get", "--hex", `--db=${data}/db`, key]).trim();
    verifyAfter();
    const [one, other] = [valueOf(first), valueOf(second)];
    expect(one).not.toBe(other);
    remove(data);
    expect(verifyAfter(["put", first, other], ["put", second, one])).toStartWith(
      "v2 holds 1200 pairs with checksum ",
    );
  });

  test("finds a pair too many", () => {
    expect(verifyAfter(["put", `0x${v2Key({ inode: 1001n, offset: 1n })}`, "0x00"])).toStartWith(
      "v2 holds 1201 pairs",
    );
  });

  test("finds what is not in its tables", () => {
    verifyAfter();
    write(join(data, "db"), [`put ${first.slice(2)} 00`, "crash"]);
    expect(verifyOnly()).toBe("v2 holds 1 entries outside its tables");
  });

  test("finds a key of another width", () => {
    expect(verifyAfter(["put", "0xab", "0x00"])).toBe("v2 holds a key of the wrong width");
  });
});
