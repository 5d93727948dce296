import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  constants,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { O_NONBLOCK as NONBLOCK } from "./descriptors.ts";
import * as calls from "./file-calls.ts";
import { openOwnFile, replaceOwnFile, type Access } from "./own-file.ts";

const root = mkdtempSync(join(tmpdir(), "own-file-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const isRoot = process.getuid?.() === 0;
const VICTIM = "a file of the host\n";

let directories = 0;

/** A directory with a file that must stay as it is, and its descriptor. */
function makeDirectory(): { readonly path: string; readonly fd: number } {
  directories++;
  const path = join(root, String(directories));
  mkdirSync(path);
  writeFileSync(join(path, "victim"), VICTIM, { mode: 0o600 });
  const opened = calls.openAt(calls.AT_FDCWD, path, calls.O_DIRECTORY);
  if (!opened.ok) throw new Error(opened.error);
  return { path, fd: opened.value };
}

const PLANTED: readonly [string, (path: string) => void, string][] = [
  ["a link", (path) => symlinkSync("victim", path), "it is a symbolic link"],
  ["a link to nothing", (path) => symlinkSync("nothing", path), "it is a symbolic link"],
  ["a link to itself", (path) => symlinkSync("name", path), "it is a symbolic link"],
  ["a link to /dev/zero", (path) => symlinkSync("/dev/zero", path), "it is a symbolic link"],
  ["a hard link", (path) => linkSync(join(path, "../victim"), path), "it has 2 names (hard links)"],
  ["a FIFO", (path) => void Bun.spawnSync(["mkfifo", path]), "it is a FIFO"],
  ["a directory", (path) => mkdirSync(path), "it is a directory"],
  ["a file for all", (path) => makeFile(path, 0o666), "others can write it (mode 0666)"],
  ["a file for its group", (path) => makeFile(path, 0o660), "others can write it (mode 0660)"],
];
const PLANTED_AS_ROOT: typeof PLANTED = [
  ["a device", (path) => void Bun.spawnSync(["mknod", path, "c", "1", "5"]), "it is a device"],
  ["a foreign file", makeForeign, "user 1234 owns it"],
];

function makeFile(path: string, mode: number): void {
  writeFileSync(path, "");
  chmodSync(path, mode);
}

function makeForeign(path: string): void {
  writeFileSync(path, "");
  chownSync(path, 1234, 1234);
}

const ACCESS: readonly [string, Access][] = [
  ["read", { for: "reading", create: undefined }],
  ["written", { for: "updating", create: 0o600 }],
];

describe.each(isRoot ? [...PLANTED, ...PLANTED_AS_ROOT] : PLANTED)("%s", (_, plant, why) => {
  test.each(ACCESS)("is not %s", (_how, access) => {
    const { path, fd } = makeDirectory();
    plant(join(path, "name"));
    expect(openOwnFile(fd, "name", access)).toEqual({ ok: false, error: why });
    expect(readFileSync(join(path, "victim"), "utf8")).toBe(VICTIM);
  });

  test("is replaced, and what it leads to is not, or it stays", () => {
    const { path, fd } = makeDirectory();
    plant(join(path, "name"));
    plant(join(path, "name.new"));
    const replaced = replaceOwnFile(fd, "name", Buffer.from("new"), "durably");
    if (why === "it is a directory") {
      expect(replaced).toEqual({ ok: false, error: "name.new: EISDIR" });
    } else {
      expect(replaced).toEqual({ ok: true, value: undefined });
      expect(readFileSync(join(path, "name"), "utf8")).toBe("new");
      expect(statSync(join(path, "name")).mode & 0o7777).toBe(0o600);
    }
    expect(readFileSync(join(path, "victim"), "utf8")).toBe(VICTIM);
  });
});

test("a file of its own is opened, and made where it is missing", () => {
  const { path, fd } = makeDirectory();
  expect(openOwnFile(fd, "victim", { for: "updating", create: 0o600 })).toMatchObject({
    value: { size: VICTIM.length },
  });
  expect(openOwnFile(fd, "none", { for: "reading", create: undefined })).toEqual({
    ok: true,
    value: undefined,
  });
  expect(openOwnFile(fd, "none", { for: "updating", create: 0o600 })).toMatchObject({ ok: true });
  expect(statSync(join(path, "none")).mode & 0o7777).toBe(0o600);
});

test("the numbers of flags are those of this CPU's kernel", () => {
  const { O_NOFOLLOW, O_DIRECTORY, O_NONBLOCK, O_CREAT, O_EXCL, O_APPEND, O_RDWR } = constants;
  const known = { O_NOFOLLOW, O_DIRECTORY, O_NONBLOCK, O_CREAT, O_EXCL, O_APPEND, O_RDWR };
  expect({ ...calls, O_NONBLOCK: NONBLOCK }).toMatchObject(known);
});
