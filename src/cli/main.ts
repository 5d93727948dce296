import type { Environment } from "../lib/environment.ts";
import { EXIT } from "../lib/exit-status.ts";
import { print } from "../lib/print.ts";
import type { Program } from "./command.ts";
import { parseCommandLine } from "./parse.ts";

/** Runs a program for this process's arguments and ends the process with its exit status. */
export async function runProgram(program: Program): Promise<never> {
  // A defect in a callback: without this the runtime prints it and goes on, perhaps for ever.
  process.on("uncaughtException", dieOf);
  process.on("unhandledRejection", dieOf);
  try {
    const status = await main(program, Bun.argv.slice(2), process.env);
    // Ended explicitly: a process that a script left behind may hold a pipe, and with it the event loop.
    process.exit(status);
  } catch (defect) {
    dieOf(defect);
  }
}

/** Runs one command; resolves to the exit status. */
async function main(program: Program, argv: readonly string[], env: Environment): Promise<number> {
  if (argv[0] === "__complete") {
    const { complete } = await import("./complete.ts");
    print(
      1,
      complete(program, argv.slice(1))
        .map((word) => `${word}\n`)
        .join(""),
    );
    return EXIT.success;
  }
  const parsed = parseCommandLine(program, argv, env);
  if (!parsed.ok) {
    const { text, command, config } = parsed.error;
    print(2, `init: ${text}\ninit: see ${program.name} --help\n`);
    await command.refuse?.(text, config);
    return EXIT.usage;
  }
  const invocation = parsed.value;
  switch (invocation.kind) {
    case "help": {
      const { usage } = await import("./usage.ts");
      print(1, usage(program, invocation.of));
      return EXIT.success;
    }
    case "version":
      print(1, `storageos-init ${VERSION} (bun ${Bun.version})\n`);
      return EXIT.success;
    case "command": {
      const { command, config, operands } = invocation;
      return command.run(config, { operands, env });
    }
  }
}

function dieOf(defect: unknown): never {
  const stack = defect instanceof Error ? defect.stack : String(defect);
  process.stderr.write(`init: a defect in init itself, please report it:\n${stack}\n`);
  process.exit(EXIT.defect);
}
