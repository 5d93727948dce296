import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { initOver, withScripts } from "./init.ts";
import { printGoal, printLine, printTitle } from "./print.ts";

const GOAL = { most: 100 };
const LINES = "seq 20000000";
const gigabytes = (count: number) => `head -c ${count}000000000 /dev/zero`;

/** Peak resident memory while a script floods its stdout; also for 10 GB with BENCH_FULL=1. */
export async function benchMemory(): Promise<void> {
  printTitle("peak memory");
  const full = process.env["BENCH_FULL"] === "1" ? [["10 GB", gigabytes(10)] as const] : [];
  const floods = [["1 GB", gigabytes(1)], ["20 million lines", LINES], ...full] as const;
  printGoal("init, no output", await peakWhile("true", initOver), GOAL, "MiB");
  for (const [what, flood] of floods) {
    printGoal(`init, ${what}`, await peakWhile(flood, initOver), GOAL, "MiB");
    printLine(`cat, ${what}`, `${(await peakWhile(flood, catOver)).toFixed(2)} MiB`);
  }
}

function catOver(directory: string) {
  return { command: ["bash", "-c", `exec cat < <("$0")`, join(directory, "0001")] };
}

type Over = (directory: string) => { readonly command: readonly string[] };

/** The peak of the program, in MiB, while it relays what a command prints into a pipe. */
function peakWhile(command: string, over: Over): Promise<number> {
  return withScripts(1, `#!/bin/sh\nexec ${command}\n`, async (directory) => {
    const fifo = `${directory}.fifo`;
    Bun.spawnSync(["mkfifo", fifo]);
    try {
      const reader = Bun.spawn(["sh", "-c", 'exec cat <"$0" >/dev/null', fifo]);
      // By exec the shell's process becomes the program: its pid is the one to watch.
      const intoFifo = ["sh", "-c", 'fifo=$0; exec "$@" >"$fifo"', fifo];
      const peak = await peakOf([...intoFifo, ...over(directory).command]);
      await reader.exited;
      return peak / 1024;
    } finally {
      rmSync(fifo);
    }
  });
}

/** In KiB. */
async function peakOf(command: readonly string[]): Promise<number> {
  const child = Bun.spawn([...command], { stdin: "ignore", stderr: "ignore" });
  let peak = 0;
  while (child.exitCode === null) {
    peak = peakSoFar(child.pid) ?? peak;
    await Promise.race([child.exited, Bun.sleep(10)]);
  }
  if (child.exitCode !== 0) throw new Error(`${command.join(" ")}: status ${child.exitCode}`);
  return peak;
}

/** In KiB. From /proc, because a child's rusage begins with the peak of the process that made it. */
function peakSoFar(pid: number): number | undefined {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes);
}
