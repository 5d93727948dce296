import { fail, ok, type Result } from "../../lib/result.ts";
import type { CommandOf } from "../command.ts";
import { flagMaker, type FlagsOf } from "../flag.ts";

/** What a script gives beside cause and fix. */
export type FailConfig = {
  readonly code: string | undefined;
  /** `NAME=VALUE`, any number of them. */
  readonly params: readonly string[];
  readonly link: string | undefined;
};

const { text, list } = flagMaker("fail-");

const FLAGS: FlagsOf<FailConfig> = {
  code: text("code", "CODE", undefined, "a stable word for the kind of failure: DiskTooSmall"),
  params: list("param", "NAME=VALUE", "what differs from node to node; repeatable", parseParam),
  link: text("link", "URL", undefined, "a page about it, such as a runbook"),
};

const NOTES = `Prints cause and fix on stderr, and leaves them at $TERMINATION_MESSAGE_PATH for the log,
the termination message, the event and the record.
`;

export const FAIL: CommandOf<FailConfig> = {
  name: "fail",
  synopsis: "fail [--code CODE] CAUSE [FIX]",
  summary: "called by a script: report why it fails, and exit with status 1",
  notes: `${NOTES}exit status: 1\n`,
  flags: FLAGS,
  operands: ["CAUSE", "[FIX]"],
  async run(config, { operands, env }) {
    const { reportFailure } = await import("../../lib/report-failure.ts");
    reportFailure({ ...config, isWarning: false }, operands, env["TERMINATION_MESSAGE_PATH"]);
    return 1;
  },
};

export const WARN: CommandOf<FailConfig> = {
  ...FAIL,
  name: "warn",
  synopsis: "warn [--code CODE] CAUSE [FIX]",
  summary: "called by a script: report a warning; the script goes on",
  notes: `${NOTES}exit status: 0\n`,
  async run(config, { operands, env }) {
    const { reportFailure } = await import("../../lib/report-failure.ts");
    reportFailure({ ...config, isWarning: true }, operands, env["TERMINATION_MESSAGE_PATH"]);
    return 0;
  },
};

function parseParam(given: string): Result<string, string> {
  return /^[A-Za-z][\w-]*=/.test(given) ? ok(given) : fail(`"${given}" is not NAME=VALUE`);
}
