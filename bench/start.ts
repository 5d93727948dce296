import { BUN, initOver, withScripts } from "./init.ts";
import { paired, ratio } from "./measure.ts";
import { printGoal, printLine, printTimes, printTitle } from "./print.ts";

const NO_OP = "#!/bin/sh\n";

/** From start to end over scripts that do nothing: what the program itself costs. */
export async function benchStart(): Promise<void> {
  for (const [count, rounds] of [
    [1, 41],
    [10, 31],
    [100, 15],
    [1000, 5],
  ] as const) {
    await withScripts(count, NO_OP, (directory) => compare(directory, count, rounds));
  }
}

function compare(directory: string, count: number, rounds: number): void {
  const loop = 'for script in "$0"/*; do "$script" || exit 1; done';
  const times = paired(
    [
      initOver(directory),
      { name: "run-parts", command: ["run-parts", directory] },
      { name: "bash loop", command: ["bash", "-c", loop, directory] },
      ...(count === 1 ? [{ name: "bun -e 0", command: [BUN, "-e", "0"] }] : []),
    ],
    rounds,
  );
  const [init, runParts, bash, bun] = times;
  printTitle(`start to end, ${count} ${count === 1 ? "script" : "scripts"} (${rounds} rounds)`);
  printTimes(times);
  if (bun !== undefined) printGoal("init / bun -e 0", ratio(init, bun), { most: 1.8 });
  if (count === 100) printGoal("init / run-parts", ratio(init, runParts), { most: 1.15 });
  else printLine("init / run-parts", `${ratio(init, runParts).toFixed(2)} ×`);
  printLine("init / bash loop", `${ratio(init, bash).toFixed(2)} ×`);
}
