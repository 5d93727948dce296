/** The database upgrade against copying the same directory with cp and fsync. */
import { type Pointer, ptr } from "bun:ffi";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  closeDatabase,
  createDatabase,
  ingest,
} from "../scripts/10-dbupgrade-v1v2/lib/database.ts";
import { inodeWords } from "../scripts/10-dbupgrade-v1v2/lib/key-codec.ts";
import { type RocksDb, loadRocksDb } from "../scripts/10-dbupgrade-v1v2/lib/rocksdb.ts";
import { type SstFiles, createSstFiles } from "../scripts/10-dbupgrade-v1v2/lib/sst-files.ts";
import { syncTree } from "../scripts/10-dbupgrade-v1v2/lib/sync-tree.ts";
import { median } from "./measure.ts";
import { printGoal, printLine, printTitle } from "./print.ts";

const SCRIPT = join(import.meta.dir, "../dist/scripts/10-dbupgrade-v1v2/dbupgrade.ts");
const INODES = 100;
const BLOCK = 4096;

/** Databases of 1 and 10 million keys, with BENCH_FULL=1 also of 100 million. */
const SIZES = [
  { keys: 1e6, valueBytes: 64, rounds: 5 },
  { keys: 1e7, valueBytes: 16, rounds: 5 },
  { keys: 1e7, valueBytes: 64, rounds: 5 },
  ...(process.env["BENCH_FULL"] === "1" ? [{ keys: 1e8, valueBytes: 64, rounds: 1 }] : []),
];

export async function benchDbupgrade(): Promise<void> {
  const rocks = loadRocksDb();
  if (!rocks.ok) {
    printTitle(`dbupgrade skipped: ${rocks.error.cause}: apt-get install librocksdb7.8`);
    return;
  }
  const data = mkdtempSync(join(tmpdir(), "bench-dbupgrade-"));
  for (const size of SIZES) await benchSize(rocks.value, data, size);
  rmSync(data, { recursive: true });
}

async function benchSize(
  rocks: RocksDb,
  data: string,
  size: (typeof SIZES)[number],
): Promise<void> {
  makeV1(rocks, data, size.keys, size.valueBytes);
  const megabytes = sizeOf(join(data, "db")) / 1e6;
  printTitle(
    `dbupgrade: ${size.keys / 1e6} million keys, values of ${size.valueBytes} bytes, ${megabytes.toFixed(0)} MB`,
  );
  const copies: number[] = [];
  const upgrades: number[] = [];
  let peak = 0;
  for (let round = 0; round < size.rounds; round++) {
    copies.push(megabytes / (await timeCopy(data)));
    const upgrade = await timeUpgrade(data);
    upgrades.push(megabytes / upgrade.seconds);
    peak = Math.max(peak, upgrade.peakBytes / (1 << 20));
  }
  printSpeeds("cp and fsync", copies);
  printSpeeds("upgrade", upgrades);
  const ratios = upgrades.map((speed, round) => speed / (copies[round] ?? Number.NaN));
  printGoal("upgrade to cp", median(ratios), { least: 0.4 });
  printGoal("peak memory of upgrade", peak, { most: 512 }, "MiB");
}

function printSpeeds(what: string, speeds: readonly number[]): void {
  const [low, high] = [Math.min(...speeds), Math.max(...speeds)];
  printLine(what, `${median(speeds).toFixed(0)} MB/s (${low.toFixed(0)}–${high.toFixed(0)})`);
}

/** A v1 database of so many keys, spread evenly over the volumes; its values do not compress. */
function makeV1(rocks: RocksDb, data: string, keys: number, valueBytes: number): void {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(join(data, "dev1"), { recursive: true });
  for (let inode = 1; inode <= INODES; inode++)
    writeFileSync(join(data, `dev1/vol.${inode}.0.blob`), "");
  const options = rocks.rocksdb_options_create() as Pointer;
  const files = createSstFiles(rocks, join(data, "v1-"), options);
  putPairs(files, keys, valueBytes);
  const finished = unwrap(files.finish());
  const database = unwrap(createDatabase(rocks, join(data, "db"), options));
  unwrap(ingest(rocks, database, finished));
  closeDatabase(rocks, database);
  for (const file of finished) rmSync(file, { force: true });
}

function putPairs(files: SstFiles, keys: number, valueBytes: number): void {
  const value = new Int32Array(new ArrayBuffer(valueBytes));
  const address = ptr(value.buffer);
  const inodes = Array.from({ length: INODES }, (_, index) => inodeWords(BigInt(index + 1)));
  let random = 1;
  for (let row = 0; row * INODES < keys; row++) {
    const offset = inodeWords(BigInt(row) * BigInt(BLOCK)); // an offset is encoded as an inode is
    for (const inode of inodes.slice(0, keys - row * INODES)) {
      for (let word = 0; word < value.length; word++) {
        random ^= random << 13;
        random ^= random >>> 17;
        random ^= random << 5;
        value[word] = random;
      }
      // The writer puts first what it is given first: in v1 that is the offset.
      files.put(offset.high, offset.low, inode.high, inode.low, address, valueBytes);
    }
  }
}

async function timeCopy(data: string): Promise<number> {
  syncTree(join(data, "db")); // so that both start with none of it in the page cache
  const { seconds } = await time(["sh", "-c", "cp -a db copy && find copy -exec sync {} +"], data);
  rmSync(join(data, "copy"), { recursive: true });
  return seconds;
}

async function timeUpgrade(data: string): Promise<{ seconds: number; peakBytes: number }> {
  syncTree(join(data, "db"));
  const timed = await time([process.execPath, SCRIPT], data);
  rmSync(join(data, "db"), { recursive: true });
  renameSync(join(data, "db-old"), join(data, "db"));
  rmSync(join(data, "db-format.json"));
  return timed;
}

async function time(
  command: string[],
  data: string,
): Promise<{ seconds: number; peakBytes: number }> {
  const started = performance.now();
  const child = Bun.spawn(command, {
    cwd: data,
    env: { ...process.env, STORAGEOS_DATA_DIR: data, NODE_VERSION: "1.4.0" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  });
  const status = await child.exited;
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${command.join(" ")}: status ${status}`);
  return { seconds, peakBytes: child.resourceUsage()?.maxRSS ?? 0 };
}

function sizeOf(directory: string): number {
  return readdirSync(directory).reduce(
    (sum, name) => sum + statSync(join(directory, name)).size,
    0,
  );
}

function unwrap<Value>(result: { ok: true; value: Value } | { ok: false; error: string }): Value {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
