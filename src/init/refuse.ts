import { budgetOf } from "../lib/contract/termination-message.ts";
import { failureOf } from "../lib/failure/failure.ts";
import { DISCOVERY } from "../lib/failure/topics/discovery.ts";
import { print } from "../lib/print.ts";
import type { Config } from "./config.ts";
import { createTerminationReporter } from "./report/termination-log.ts";

/** Not in a hurry, and the disk of the message may hang: milliseconds. */
const GRACE_MS = 10_000;

/**
 * Leaves the termination message of a command line that `run` cannot use: in a pod, its flags and
 * variables come from manifests, and whoever wrote those reads `kubectl describe`.
 * @param text what cannot be used, and why @param config the flags that could be read
 */
export async function refuse(text: string, config: Partial<Config>): Promise<void> {
  const failure = failureOf(DISCOVERY, "CommandLineUnusable", { text });
  const reporter = createTerminationReporter({
    path: config.terminationLog,
    facts: { init: VERSION, nodeImage: undefined, budget: budgetOf(undefined) },
    withOutput: false,
    graceMs: GRACE_MS,
    note: (note) => print(2, `init: ${note}\n`),
  });
  await reporter.conclude({ type: "run-refused", failure, problems: [] }, NEVER);
  await reporter.end();
}

const NEVER = new AbortController().signal;
