import type { LintConfig } from "../../init/config.ts";
import type { CommandOf } from "../command.ts";
import { LINT_FLAGS } from "../init-flags.ts";

export const LINT: CommandOf<LintConfig> = {
  name: "lint",
  synopsis: "lint  -scripts=DIR",
  summary: "check a scripts directory: every problem, with file and line",
  notes: `exit status:
  0 everything can run · 2 usage · 3 something cannot
`,
  flags: LINT_FLAGS,
  operands: [],
  async run(config, { env }) {
    const { lint } = await import("../../init/lint/lint.ts");
    return lint(config, env);
  },
};
