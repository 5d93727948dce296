import { basename } from "node:path";
import type { Invocation } from "./commands.ts";
import { parseCommandLine, type Environment } from "./parse.ts";
import { print } from "../lib/print.ts";

const USAGE_ERROR = 2;
const NOTHING_STARTED = 3;

/**
 * Runs one command; resolves to the program's exit status.
 * @param calledAs the name it was started by: `kubectl-…` is how kubectl starts a plugin
 */
export async function main(
  argv: readonly string[],
  env: Environment,
  calledAs: string,
): Promise<number> {
  const isPlugin = basename(calledAs).startsWith("kubectl-");
  const parsed = parseCommandLine(argv, env, isPlugin ? "status" : "run");
  if (!parsed.ok) return refuse(parsed.error);
  const invocation = parsed.value;
  switch (invocation.command) {
    case "help": {
      const { usage } = await import("./usage.ts");
      print(1, usage(invocation.of));
      return 0;
    }
    case "version":
      print(1, `storageos-init ${VERSION} (bun ${Bun.version})\n`);
      return 0;
    case "status": {
      const { status } = await import("../fleet/status.ts");
      return status(invocation.config, env);
    }
    case "logs": {
      const { logs } = await import("../fleet/logs.ts");
      return logs(invocation.operand, invocation.config);
    }
    case "run":
    case "plan":
    case "lint":
      return onScripts(invocation, env);
  }
}

type OnScripts = Extract<Invocation, { readonly command: "run" | "plan" | "lint" }>;

async function onScripts({ command, config }: OnScripts, env: Environment): Promise<number> {
  if (config.scripts === undefined) {
    return refuse(`cannot ${command}: no scripts directory; give it with -scripts=DIR`);
  }
  if (command === "run") {
    const { run } = await import("../init/run.ts");
    return run(config.scripts, config, env);
  }
  const look = await import("../init/look.ts");
  const { text, problems } = await look[command](config.scripts, config, env);
  print(1, text);
  print(2, problems.map((problem) => `${problem}\n`).join(""));
  return problems.length === 0 ? 0 : NOTHING_STARTED;
}

function refuse(error: string): number {
  print(2, `init: ${error}\ninit: see init --help\n`);
  return USAGE_ERROR;
}
