import { initOver, withScripts } from "./init.ts";
import { median, paired } from "./measure.ts";
import { printGoal, printLine, printTimes, printTitle } from "./print.ts";

const CHECK = "#!/bin/sh\n# init: kind=check\nexec sleep 0.1\n";

/** 64 checks of 100 ms side by side; start-up is the time of one script that does nothing. */
export async function benchChecks(): Promise<void> {
  printTitle("64 checks of 100 ms");
  const startUp = await withScripts(1, "#!/bin/sh\n", (directory) =>
    median(paired([initOver(directory)], 11)[0]?.ms ?? []),
  );
  printLine("start-up", `${startUp.toFixed(1)} ms`);
  await withScripts(64, CHECK, (directory) => {
    for (const [jobs, rounds] of [
      [1, 1],
      [2, 1],
      [8, 5],
      [64, 11],
    ] as const) {
      const times = paired(
        [{ ...initOver(directory, `--jobs=${jobs}`), name: `--jobs ${jobs}` }],
        rounds,
      );
      printTimes(times);
      const over = median(times[0]?.ms ?? []) - startUp;
      if (jobs === 64) printGoal("--jobs 64 over start-up", over, { most: 300 }, "ms");
    }
  });
}
