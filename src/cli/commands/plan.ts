import type { Config } from "../../init/config.ts";
import type { CommandOf } from "../command.ts";
import { INIT_FLAGS } from "../init-flags.ts";
import { RUN } from "./run.ts";

export const PLAN: CommandOf<Config> = {
  name: "plan",
  synopsis: "plan  -scripts=DIR",
  summary: "show what would run, in order, and why something would not",
  notes: RUN.notes,
  flags: INIT_FLAGS,
  operands: [],
  async run(config, { env }) {
    const { plan } = await import("../../init/look.ts");
    return plan(config, env);
  },
};
