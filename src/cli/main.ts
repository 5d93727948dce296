import { parseCommandLine, type Environment } from "./parse.ts";
import { print } from "./print.ts";

const USAGE_ERROR = 2;
const NOTHING_STARTED = 3;

/** Runs one command; resolves to the program's exit status. */
export async function main(argv: readonly string[], env: Environment): Promise<number> {
  const parsed = parseCommandLine(argv, env);
  if (!parsed.ok) return refuse(parsed.error);
  const invocation = parsed.value;
  if (invocation.command === "help") {
    const { usage } = await import("./usage.ts");
    print(1, usage());
    return 0;
  }
  if (invocation.command === "version") {
    print(1, `storageos-init ${VERSION} (bun ${Bun.version})\n`);
    return 0;
  }
  const { command, config } = invocation;
  if (config.scripts === undefined) {
    return refuse(`cannot ${command}: no scripts directory; give it with -scripts=DIR`);
  }
  if (command === "run") {
    const { run } = await import("./run.ts");
    return run(config.scripts, config, env);
  }
  const look = await import("./look.ts");
  const { text, problems } = await look[command](config.scripts, config, env);
  print(1, text);
  print(2, problems.map((problem) => `${problem}\n`).join(""));
  return problems.length === 0 ? 0 : NOTHING_STARTED;
}

function refuse(error: string): number {
  print(2, `init: ${error}\ninit: see init --help\n`);
  return USAGE_ERROR;
}
