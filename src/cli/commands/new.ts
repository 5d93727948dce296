import type { NewConfig } from "../../init/new/new.ts";
import type { CommandOf } from "../command.ts";
import { flagMaker, type FlagsOf } from "../flag.ts";
import { ok } from "../../lib/result.ts";

const { choice } = flagMaker("new-");

const FLAGS: FlagsOf<NewConfig> = {
  lang: {
    ...choice("lang", ["sh", "bash", "python", "typescript"], "language of the script"),
    fallbackText: "what NAME ends in, else sh",
    fallback: () => ok(undefined),
  },
  kind: choice("kind", ["change", "check"], "whether it changes the node"),
};

export const NEW: CommandOf<NewConfig> = {
  name: "new",
  synopsis: "new NAME",
  summary: "begin a script, with settings, cause and fix, dry run and undo",
  notes: `NAME is a path, such as scripts/20-map-count.sh. What stands there is never overwritten.
exit status:
  0 written · 2 usage · 3 cannot be written
`,
  flags: FLAGS,
  operands: ["NAME"],
  async run(config, { operands: [path = ""] }) {
    const { createScript } = await import("../../init/new/new.ts");
    return createScript(path, config);
  },
};
