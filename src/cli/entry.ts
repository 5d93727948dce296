import { HELPER_COMMAND, type HelperKind } from "../init/helper/command.ts";

// Each loads its own part of the program only: both are on the way to the first script.
const [, , command = "run", kind] = Bun.argv;
if (command === HELPER_COMMAND) {
  const { serve } = await import("../init/serve.ts");
  await serve(kind as HelperKind);
} else {
  if (isRun(command)) {
    const { spawnEarly } = await import("../init/helper/spawn.ts");
    spawnEarly();
  }
  const { runInit } = await import("./program.ts");
  await runInit();
}

/** Whether it is the default command or its flags; that it is another one is seen later, and harmless. */
function isRun(word: string): boolean {
  return word === "run" || (word.startsWith("-") && !/^--?(?:h|help|version)$/.test(word));
}
