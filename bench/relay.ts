import { initOver, withScripts } from "./init.ts";
import { median, paired, ratio, type Times } from "./measure.ts";
import { printGoal, printLine, printTimes, printTitle } from "./print.ts";

/** A script's output through the program into a pipe, against the same script through cat. */
export async function benchRelay(): Promise<void> {
  const gigabyte = "#!/bin/sh\nexec head -c 1000000000 /dev/zero\n";
  const lines = "#!/bin/sh\nexec seq 20000000\n";
  await withScripts(1, gigabyte, (directory) => {
    printTitle("relay of 1 GB into a pipe (5 rounds)");
    const [init, cat] = compare(directory);
    printLine("init", `${(1000 / median(init?.ms ?? [])).toFixed(2)} GB/s`);
    printLine("cat", `${(1000 / median(cat?.ms ?? [])).toFixed(2)} GB/s`);
    printGoal("throughput init / cat", ratio(cat, init), { least: 0.5 });
  });
  await withScripts(1, lines, (directory) => {
    printTitle("relay of 20 million lines into a pipe (5 rounds)");
    const [init, cat] = compare(directory);
    printGoal("throughput init / cat", ratio(cat, init), { least: 0.5 });
  });
}

function compare(directory: string): Times[] {
  const shell = ["bash", "-o", "pipefail", "-c"];
  const { name, command } = initOver(directory);
  const times = paired(
    [
      { name, command: [...shell, '"$@" | cat >/dev/null', "bash", ...command] },
      {
        name: "cat",
        command: [...shell, '"$1" | cat | cat >/dev/null', "bash", `${directory}/0001`],
      },
    ],
    5,
  );
  printTimes(times);
  return times;
}
