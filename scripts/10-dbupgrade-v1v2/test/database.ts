/** Databases for the tests, made and read by RocksDB's own tool ldb, with none of the program's code. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Pair = { readonly offset: bigint; readonly inode: bigint; readonly value: string };

export const SCRIPT = join(import.meta.dir, "../dbupgrade.ts");

/** Why these tests cannot run here; empty if they can. */
export const missing = ["ldb", "sst_dump", "strace"]
  .filter((tool) => Bun.which(tool) === null)
  .map((tool) => `${tool} is missing: apt-get install rocksdb-tools strace`)
  .join("; ");
if (missing !== "") process.stderr.write(`dbupgrade tests skipped: ${missing}\n`);

/** A data directory with a v1 database under each name, of the pairs given, and blobs for all inodes. */
export function makeDataDirectory(databases: Record<string, readonly Pair[]>): string {
  const data = mkdtempSync(join(tmpdir(), "dbupgrade-"));
  chmodSync(data, 0o755);
  for (const [name, pairs] of Object.entries(databases)) {
    makeBlobs(
      data,
      pairs.map((pair) => pair.inode),
    );
    load(
      join(data, name),
      pairs.map((pair) => [v1Key(pair), pair.value] as const),
    );
  }
  return data;
}

/** A data directory with databases of either format, and blobs for all inodes. */
export function makeOfFormats(
  databases: Record<string, readonly [readonly Pair[], "v1" | "v2"]>,
): string {
  const data = makeDataDirectory({});
  for (const [name, [pairs, format]] of Object.entries(databases)) {
    makeBlobs(
      data,
      pairs.map(({ inode }) => inode),
    );
    const key = format === "v1" ? v1Key : v2Key;
    load(
      join(data, name),
      pairs.map((pair) => [key(pair), pair.value]),
    );
  }
  return data;
}

/** Inodes and offsets, in blocks, are the same small numbers: every key fits both formats. */
export const AMBIGUOUS: readonly Pair[] = [1n, 2n, 3n, 4n].flatMap((inode) =>
  [1n, 2n, 3n, 4n].map((offset) => ({ inode, offset, value: "aa" })),
);

/** So many blocks in each of so many volumes; every value tells its key, and their lengths differ. */
export function somePairs(volumes: number, blocks: number): Pair[] {
  return Array.from({ length: blocks * volumes }, (_, index) => {
    const offset = BigInt(Math.floor(index / volumes)) * 4096n;
    const inode = BigInt((index % volumes) + 1001);
    return { offset, inode, value: `${hex64(inode)}${hex64(offset)}`.repeat(index % 4) };
  });
}

export function makeBlobs(data: string, inodes: readonly bigint[]): void {
  mkdirSync(join(data, "dev1"), { recursive: true });
  for (const inode of new Set(inodes)) writeFileSync(join(data, `dev1/vol.${inode}.0.blob`), "");
}

/** Keys and values in hexadecimal digits. With `bulk` they come to lie in table files. */
export function load(
  path: string,
  pairs: readonly (readonly [string, string])[],
  ...flags: string[]
): void {
  const input = pairs.map(([key, value]) => `0x${key} ==> 0x${value}\n`).join("");
  ldb(["load", "--hex", "--create_if_missing", `--db=${path}`, ...flags], input);
}

export function ldb(args: readonly string[], input = ""): string {
  const done = spawnSync("ldb", args, { input, encoding: "utf8", maxBuffer: 1 << 30 });
  if (done.status !== 0) throw new Error(`ldb ${args.join(" ")}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

/** All pairs of a database, in its order, as `ldb scan` prints them. */
export function scan(path: string): string {
  return ldb(["scan", "--hex", `--db=${path}`]);
}

/** What `scan` prints of a database of these pairs. */
export function expectedScan(pairs: readonly Pair[], format: "v1" | "v2"): string {
  const key = format === "v1" ? v1Key : v2Key;
  return pairs
    .map((pair) => `0x${key(pair)} : 0x${pair.value}\n`)
    .toSorted()
    .join("")
    .toUpperCase()
    .replaceAll("0X", "0x");
}

export function v1Key({ offset, inode }: Pick<Pair, "offset" | "inode">): string {
  return hex64(offset) + hex64(inode);
}

export function v2Key({ offset, inode }: Pick<Pair, "offset" | "inode">): string {
  return hex64(inode) + hex64(offset);
}

function hex64(number: bigint): string {
  return number.toString(16).padStart(16, "0");
}

export type Run = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs the script as the program does; `wrapper` is a command to put before it. */
export function upgrade(
  data: string,
  env: Record<string, string | undefined> = { NODE_VERSION: "1.4.0" },
  wrapper: readonly string[] = [],
): Run {
  const [command, ...args] = [...wrapper, process.execPath, SCRIPT];
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], STORAGEOS_DATA_DIR: data, ...env },
  });
  return { status, stdout, stderr };
}

/** Everything below a directory: paths, modes, sizes, contents, times. Equal means nothing was changed. */
export function snapshot(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => {
      const path = join(directory, name);
      const stat = lstatSync(path);
      const content = stat.isFile()
        ? createHash("sha256").update(readFileSync(path)).digest("hex")
        : "";
      return `${name} ${stat.ino} ${stat.mode} ${stat.mtimeMs} ${content}`;
    });
}

export function remove(data: string): void {
  rmSync(data, { recursive: true, force: true });
}
