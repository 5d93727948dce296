import type { Config } from "../../init/config.ts";
import type { CommandOf } from "../command.ts";
import { INIT_FLAGS } from "../init-flags.ts";
import { RUN } from "./run.ts";

export const LINT: CommandOf<Config> = {
  name: "lint",
  synopsis: "lint  -scripts=DIR",
  summary: "check a scripts directory: every problem, with file and line",
  notes: RUN.notes,
  flags: INIT_FLAGS,
  operands: [],
  async run(config, { env }) {
    const { lint } = await import("../../init/lint/lint.ts");
    return lint(config, env);
  },
};
