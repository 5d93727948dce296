import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDurably } from "./durable-file.ts";
import { fail, ok } from "../result.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "durable-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

test("writes once, and leaves the same content alone", () => {
  const path = join(dir, "a.conf");
  expect(writeDurably(path, "tcm_loop\n", 0o644)).toEqual(ok("written"));
  const before = statSync(path, { bigint: true });
  expect(writeDurably(path, "tcm_loop\n", 0o644)).toEqual(ok("unchanged"));
  const after = statSync(path, { bigint: true });
  expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  expect(readFileSync(path, "utf8")).toBe("tcm_loop\n");
});

test("replaces other content and other permissions, and leaves nothing beside it", () => {
  const path = join(dir, "a.conf");
  writeDurably(path, "old", 0o600);
  expect(writeDurably(path, new Uint8Array([110, 101, 119]), 0o600)).toEqual(ok("written"));
  expect(readFileSync(path, "utf8")).toBe("new");
  chmodSync(path, 0o666);
  expect(writeDurably(path, "new", 0o640)).toEqual(ok("written"));
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(dir)).toEqual(["a.conf"]);
});

test("the permissions asked for do not depend on the umask", () => {
  const umask = process.umask(0o077);
  try {
    writeDurably(join(dir, "a"), "x", 0o644);
  } finally {
    process.umask(umask);
  }
  expect(statSync(join(dir, "a")).mode & 0o777).toBe(0o644);
});

test("an absent directory is an error that names the path", () => {
  const path = join(dir, "absent", "a.conf");
  const result = writeDurably(path, "x", 0o644);
  expect(result).toEqual(fail(expect.stringMatching(/^cannot write .*\/absent\/a\.conf: ENOENT/)));
});

test("a directory in its place is an error, and no temporary file stays", () => {
  mkdirSync(join(dir, "a.conf"));
  expect(writeDurably(join(dir, "a.conf"), "x", 0o644).ok).toBe(false);
  expect(readdirSync(dir)).toEqual(["a.conf"]);
});
