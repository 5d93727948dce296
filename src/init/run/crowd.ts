import { readText } from "../../lib/linux/host.ts";

/** Scripts that run side by side, when a limit of processes or open files allows fewer of them. */
export type Crowd = {
  /** Runs something as one of them. */
  readonly join: <Value>(run: () => Promise<Value>) => Promise<Value>;
  /** Resolves to true when another one has ended, to false if no other one is running. */
  readonly room: () => Promise<boolean>;
};

export function createCrowd(): Crowd {
  let running = 0;
  let waiting: (() => void)[] = [];
  return { join, room };

  async function join<Value>(run: () => Promise<Value>): Promise<Value> {
    running++;
    try {
      return await run();
    } finally {
      running--;
      wake();
    }
  }

  async function room(): Promise<boolean> {
    // Whoever would wait last has nobody left to wait for, and its failure makes room for the others.
    if (running === 1) return false;
    running--;
    await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    return true;
  }

  function wake(): void {
    const all = waiting;
    waiting = [];
    for (const resolve of all) resolve();
  }
}

/** What a script takes: two pipes, its output that waits in a file, and what its start takes for a moment. */
const FILES_PER_SCRIPT = 6;
const FILES_OF_INIT = 32;

/** How many scripts may run side by side with the open files that this process is allowed. */
export function mostAtOnce(): number {
  const limit = /^Max open files +(\d+)/m.exec(readText("/proc/self/limits") ?? "")?.[1];
  if (limit === undefined) return Infinity;
  return Math.max(1, Math.floor((Number(limit) - FILES_OF_INIT) / FILES_PER_SCRIPT));
}
