import type { Environment } from "../lib/environment.ts";
import { EXIT } from "../lib/exit-status.ts";
import { isTerminal } from "../lib/linux/libc.ts";
import { choosePaint } from "../lib/text/paint.ts";
import type { Config } from "./config.ts";
import { createJsonLog } from "./report/log-json.ts";
import { createTextLog } from "./report/log-text.ts";
import type { Log } from "./report/log.ts";
import { createOutput } from "./run/output.ts";
import type { Stop } from "./run/stop.ts";
import { settlesWithin } from "./run/wait.ts";

/** The least time that output gets to leave, in milliseconds. */
export const FLUSH_MS = 1_000;

export type OpenLog = {
  readonly log: Log;
  /** Logs what a person should know about the run itself. */
  readonly note: (text: string) => void;
  /** Lets all output leave. A run that was ended waits no longer for a reader than a script would get. */
  readonly flush: (status: number, stop: Stop) => Promise<void>;
};

/** The log on this program's own stdout and stderr, in the format that the user chose. */
export function openLog(
  { logFormat, graceMs }: Pick<Config, "logFormat" | "graceMs">,
  env: Environment,
): OpenLog {
  const note = (text: string): void => log.report({ type: "note", text });
  const stdout = createOutput(1, (code) => {
    note(`cannot write to stdout: ${code}; what scripts print there is dropped, the run goes on`);
  });
  // Nothing is left to tell it on.
  const stderr = createOutput(2, () => undefined);
  const outputs = { stdout, stderr };
  const log =
    logFormat === "json"
      ? createJsonLog(outputs)
      : createTextLog(outputs, choosePaint(isTerminal(2), env));
  return { log, note, flush };

  async function flush(status: number, stop: Stop): Promise<void> {
    const drained = Promise.all([stdout.drained(), stderr.drained()]);
    const wasEnded = status === EXIT.deadline || stop.requested.aborted;
    if (!wasEnded && (await settlesWithin(drained, Infinity, stop.requested))) return;
    await settlesWithin(drained, Math.max(graceMs, FLUSH_MS), stop.hurried);
  }
}
