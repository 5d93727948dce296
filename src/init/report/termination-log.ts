import { existsSync } from "node:fs";
import type { Emit } from "../run/events.ts";
import {
  messageOfRefusal,
  messageOfResult,
  messageWhileRunning,
  writeTerminationMessage,
  type MessageFacts,
} from "./termination-message.ts";

export type TerminationOptions = {
  /** As the user gave it; undefined is kubelet's default path, written only if kubelet made it. */
  readonly path: string | undefined;
  readonly facts: MessageFacts;
  readonly withOutput: boolean;
  /** Told once if the message cannot be written; a run does not fail for that. */
  readonly onFailure: (what: string) => void;
};

const DEFAULT_PATH = "/dev/termination-log";

/** Keeps the termination message up to date: before each script, and at the end. */
export function createTerminationReporter({
  path,
  facts,
  withOutput,
  onFailure,
}: TerminationOptions): Emit {
  if (path === undefined && !existsSync(DEFAULT_PATH)) return () => undefined;
  let hasFailed = false;
  return (event) => {
    if (event.type === "script-started") write(messageWhileRunning(event.script.name, facts));
    else if (event.type === "run-refused")
      write(messageOfRefusal(event.failure, event.problems, facts));
    else if (event.type === "run-ended") write(messageOfResult(event.result, facts, withOutput));
  };

  function write(message: string): void {
    const written = writeTerminationMessage(path ?? DEFAULT_PATH, message, path !== undefined);
    if (written.ok || hasFailed) return;
    hasFailed = true;
    onFailure(written.error);
  }
}
