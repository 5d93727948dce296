import { HELPER_COMMAND, type HelperKind } from "../init/helper/command.ts";

// Nothing but what is asked for is loaded: a helper is on the way to the first script.
const [, , command, kind] = Bun.argv;
if (command === HELPER_COMMAND) {
  const { serve } = await import("../init/helper/serve.ts");
  await serve(kind as HelperKind);
  process.exit(0);
} else {
  const { runInit } = await import("./program.ts");
  await runInit();
}
