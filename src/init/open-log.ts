import { isTerminal } from "../lib/linux/libc.ts";
import { choosePaint } from "./report/colour.ts";
import { createJsonLog } from "./report/log-json.ts";
import { createTextLog } from "./report/log-text.ts";
import type { Log } from "./report/log.ts";
import { createOutput } from "./run/output.ts";
import type { Config } from "../cli/flags.ts";
import type { Environment } from "../cli/parse.ts";

export type OpenLog = {
  readonly log: Log;
  /** Resolves when all that was told and printed has left this process. */
  readonly drained: () => Promise<void>;
};

/** The log on this program's own stdout and stderr, in the format that the user chose. */
export function openLog({ logFormat }: Pick<Config, "logFormat">, env: Environment): OpenLog {
  const stdout = createOutput(1, (code) => {
    const text = `cannot write to stdout: ${code}; what scripts print there is dropped, the run goes on`;
    log.report({ type: "note", text });
  });
  // Nothing is left to tell it on.
  const stderr = createOutput(2, () => undefined);
  const outputs = { stdout, stderr };
  const log =
    logFormat === "json"
      ? createJsonLog(outputs)
      : createTextLog(outputs, choosePaint(isTerminal(2), env));
  return {
    log,
    drained: async () => {
      await Promise.all([stdout.drained(), stderr.drained()]);
    },
  };
}
