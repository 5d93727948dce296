import type { PlanConfig } from "../../init/config.ts";
import type { CommandOf } from "../command.ts";
import { PLAN_FLAGS } from "../init-flags.ts";

export const PLAN: CommandOf<PlanConfig> = {
  name: "plan",
  synopsis: "plan  -scripts=DIR",
  summary: "show what would run, in order, and why something would not",
  notes: `exit status:
  0 everything can run · 2 usage · 3 something cannot
`,
  flags: PLAN_FLAGS,
  operands: [],
  async run(config, { env }) {
    const { plan } = await import("../../init/look.ts");
    return plan(config, env);
  },
};
