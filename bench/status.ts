/**
 * `init status` on files of pods: how long from start to end, and how much memory at the most.
 * Usage: bun bench/status.ts [PODS…]
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFleetPod } from "./fleet.ts";

const INIT = join(import.meta.dir, "../dist/init");
const REPEATS = 5;

const sizes = process.argv.slice(2).map(Number);
const directory = mkdtempSync(join(tmpdir(), "bench-status-"));
process.stdout.write(
  "| pods | file | format | time, median of 5 | CPU time | memory, at the most |\n|---:|---:|---|---:|---:|---:|\n",
);
for (const pods of sizes.length > 0 ? sizes : [5_000, 50_000]) {
  const file = join(directory, `${pods}.json`);
  writePodList(file, pods);
  for (const format of ["table", "json", "html"]) {
    const runs = Array.from({ length: REPEATS }, () => measure(file, format));
    const time = median(runs.map(({ seconds }) => seconds));
    const cpu = median(runs.map(({ cpuSeconds }) => cpuSeconds));
    const memory = Math.max(...runs.map(({ mebibytes }) => mebibytes));
    const size = (statSync(file).size / 1e6).toFixed(0);
    process.stdout.write(
      `| ${pods.toLocaleString("en")} | ${size} MB | ${format} | ${time.toFixed(2)} s | ${cpu.toFixed(2)} s | ${memory.toFixed(0)} MiB |\n`,
    );
  }
  rmSync(file);
}
rmSync(directory, { recursive: true });

/** As the API server gives it, on one line. */
function writePodList(file: string, pods: number): void {
  const fd = openSync(file, "w");
  writeSync(fd, '{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[');
  for (let index = 0; index < pods; index++) {
    writeSync(fd, `${index === 0 ? "" : ","}${JSON.stringify(makeFleetPod(index))}`);
  }
  writeSync(fd, "]}\n");
  closeSync(fd);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

type Measured = {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly mebibytes: number;
};

function measure(file: string, format: string): Measured {
  const before = performance.now();
  const { exitCode, resourceUsage, stderr } = Bun.spawnSync(
    [INIT, "status", "-f", file, "-o", format],
    { stdout: "ignore", stderr: "pipe" },
  );
  if (exitCode !== 1) throw new Error(`exit status ${exitCode}: ${stderr.toString()}`);
  return {
    seconds: (performance.now() - before) / 1000,
    cpuSeconds: Number(resourceUsage.cpuTime.total) / 1e6,
    mebibytes: resourceUsage.maxRSS / 1024 ** 2,
  };
}
