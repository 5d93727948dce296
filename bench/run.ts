/** `make bench`, or `bun bench/run.ts start relay`: the benchmarks, or the named ones, one by one. */
import { cpus } from "node:os";
import { benchChecks } from "./checks.ts";
import { benchDbupgrade } from "./dbupgrade.ts";
import { benchMemory } from "./memory.ts";
import { benchPods } from "./pods.ts";
import { benchRelay } from "./relay.ts";
import { benchRequirements } from "./requirements.ts";
import { benchStart } from "./start.ts";

const BENCHMARKS = new Map([
  ["start", benchStart],
  ["relay", benchRelay],
  ["memory", benchMemory],
  ["checks", benchChecks],
  ["requirements", benchRequirements],
  ["dbupgrade", benchDbupgrade],
  ["pods", benchPods],
]);

const named = process.argv.slice(2);
const unknown = named.filter((name) => !BENCHMARKS.has(name));
if (unknown.length > 0) {
  process.stderr.write(
    `no benchmark ${unknown.join(", ")}; there are ${[...BENCHMARKS.keys()].join(", ")}\n`,
  );
  process.exit(2);
}
process.stdout.write(`${cpus().length} × ${cpus()[0]?.model}, Bun ${Bun.version}\n`);
for (const [name, run] of BENCHMARKS) {
  if (named.length === 0 || named.includes(name)) await run();
}
