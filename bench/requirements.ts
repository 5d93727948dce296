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
    const [without, withAll] = ["without", "with"].map((name) => join(directory, name));
    if (without === undefined || withAll === undefined) return;
    cpSync(join(DIST, "scripts/05-requirements"), join(withAll, "05-requirements"), {
      recursive: true,
    });
    for (const scripts of [without, withAll]) {
      mkdirSync(scripts, { recursive: true });
      writeFileSync(join(scripts, "01-nothing"), NOTHING, { mode: 0o755 });
    }
    const commands = [without, withAll].map(commandOver);
    const [base, all] = paired(
      [
        { name: "without", command: commands[0] ?? [] },
        { name: "with", command: commands[1] ?? [] },
      ],
      ROUNDS,
    );
    if (base === undefined || all === undefined) return;
    printTimes([base, all]);
    const [cpuWithout, cpuWith] = commands.map(cpuOf);
    printLine(
      "CPU time",
      `${cpuWithout?.toFixed(0)} ms, ${cpuWith?.toFixed(0)} ms with the checks`,
    );
    printGoal("added, median of pairs", added(base, all), { most: 150 }, "ms");
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

function added(base: Times, all: Times): number {
  return median(all.ms.map((ms, round) => ms - (base.ms[round] ?? Number.NaN)));
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
