import { main } from "./main.ts";

// A defect in a callback: without this the runtime prints it and goes on, perhaps for ever.
process.on("uncaughtException", dieOf);
process.on("unhandledRejection", dieOf);

try {
  // Ended explicitly: a process that a script left behind may hold a pipe, and with it the event loop.
  process.exit(await main(Bun.argv.slice(2), process.env, process.argv0));
} catch (defect) {
  dieOf(defect);
}

function dieOf(defect: unknown): never {
  const stack = defect instanceof Error ? defect.stack : String(defect);
  process.stderr.write(`init: a defect in init itself, please report it:\n${stack}\n`);
  process.exit(70);
}
