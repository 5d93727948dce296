import type { RunFlags } from "../../init/config.ts";
import type { CommandOf } from "../command.ts";
import { INIT_FLAGS } from "../init-flags.ts";

export const RUN: CommandOf<RunFlags> = {
  name: "run",
  synopsis: "[run] -scripts=DIR [flags]",
  summary: "run the scripts",
  notes: `exit status:
  0 prepared · 1 a script failed · 2 usage · 3 nothing could start · 4 a deadline passed
  70 a defect in init itself · 128+n ended by signal n
`,
  flags: INIT_FLAGS,
  operands: [],
  async run({ isDryRun, ...config }, { env }) {
    const { run } = await import("../../init/run.ts");
    return run({ ...config, action: isDryRun ? "dry-run" : "run" }, env);
  },
  async refuse(text, config) {
    const { refuse } = await import("../../init/refuse.ts");
    await refuse(text, config);
  },
};
