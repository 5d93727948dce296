import type { UndoFlags } from "../../init/config.ts";
import type { CommandOf } from "../command.ts";
import { UNDO_FLAGS } from "../init-flags.ts";

export const UNDO: CommandOf<UndoFlags> = {
  name: "undo",
  synopsis: "undo -scripts=DIR [flags]",
  summary: "take back what the scripts did on this host, in reverse order",
  notes: `Scripts with undo=yes whose pass the record shows run with INIT_ACTION=undo.
exit status:
  0 undone · 1 a script failed · 2 usage · 3 nothing could start, or there is no record
  4 a deadline passed · 128+n ended by signal n
`,
  flags: UNDO_FLAGS,
  operands: [],
  async run(flags, { env }) {
    const { run } = await import("../../init/run.ts");
    const choice = { only: [], skip: [], warn: [], warnCodes: [], failOnWarning: false };
    return run({ ...flags, ...choice, nodeCondition: undefined, action: "undo" }, env);
  },
};
