/** `bun bench/requirements.ts`, or as one of the benchmarks of `make bench`. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, paired, type Times } from "./measure.ts";
import { printGoal, printLine, printTimes, printTitle } from "./print.ts";

const DIST = join(import.meta.dir, "../dist");
const NOTHING = "#!/bin/sh\n";
const ROUNDS = 21;

/** What the checks of the host's requirements, all together, add to a run. */
export async function benchRequirements(): Promise<void> {
  printTitle("the checks of 05-requirements over a script that does nothing");
  const directory = mkdtempSync(join(tmpdir(), "requirements-bench-"));
  try {
    const contenders = ["without", "with"].map((name) => {
      const scripts = join(directory, name);
      mkdirSync(scripts);
      writeFileSync(join(scripts, "01-nothing"), NOTHING, { mode: 0o755 });
      return { name, command: commandOver(scripts) };
    });
    const checks = join(DIST, "scripts/05-requirements");
    cpSync(checks, join(directory, "with/05-requirements"), { recursive: true });
    const times = paired(contenders, ROUNDS);
    printTimes(times);
    for (const { name, command } of contenders) {
      printLine(`CPU time ${name}`, `${cpuOf(command).toFixed(0)} ms`);
    }
    printGoal("added, median of pairs", added(times), { most: 150 }, "ms");
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** On a machine that does not meet all of them they shall not end the run. */
function commandOver(scripts: string): string[] {
  const alone = ["--state-dir=/nonexistent/state", "--events=off"];
  return [
    "env",
    "STORAGEOS_WARN_ONLY=all",
    join(DIST, "init"),
    `-scripts=${scripts}`,
    "-nodeImage=node:2.9.0",
    ...alone,
  ];
}

function added([without, withAll]: readonly Times[]): number {
  if (without === undefined || withAll === undefined) return Number.NaN;
  return median(withAll.ms.map((ms, round) => ms - (without.ms[round] ?? Number.NaN)));
}

/** User and system time of the program and all it ran, in milliseconds. */
function cpuOf(command: readonly string[]): number {
  const times = Array.from({ length: 5 }, () => {
    const { resourceUsage } = Bun.spawnSync([...command], { stdin: "ignore" });
    return Number(resourceUsage.cpuTime.total) / 1000;
  });
  return median(times);
}

if (import.meta.main) await benchRequirements();
