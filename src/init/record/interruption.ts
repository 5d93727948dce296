import { failureOf } from "../../lib/failure/failure.ts";
import { RECORD } from "../../lib/failure/topics/record.ts";
import { showName } from "../../lib/text/show.ts";
import type { Script } from "../discover/script.ts";
import type { EndEntry } from "../../lib/contract/record-entry.ts";
import type { Interruption } from "../run/events.ts";
import { keyOf, type History } from "./history.ts";

/** More scripts are counted, not named. */
const MOST_NAMED = 8;

/**
 * What a person should know before a run: the host may be half changed, by a run that ended without a
 * word, or by a change that a deadline or a signal ended and that did not pass since.
 */
export function interruptionsOf(
  history: History,
  directory: string,
  scripts: readonly Script[],
): readonly Interruption[] {
  const changes = new Set(
    scripts.flatMap(({ name, settings }) => (settings.kind === "change" ? [name] : [])),
  );
  return [
    ...interruptedRun(history, changes),
    ...scripts.flatMap((script) => interruptedChange(script, directory, history)),
  ];
}

function interruptedRun(
  { unfinished, interrupted }: History,
  changes: ReadonlySet<string>,
): readonly Interruption[] {
  const certain = unfinished.map(({ script, at }) => ({
    script: changes.has(script) ? script : undefined,
    failure: failureOf(RECORD, "RunInterrupted", { when: `while running ${showName(script)}`, at }),
  }));
  if (certain.length > 0 || interrupted === undefined) return certain;
  // Only its beginning waits for the disk: a power cut can lose which of its scripts ran.
  const { scripts, at } = interrupted;
  const when =
    scripts.length === 0 ? "after its last script" : `before the end of ${names(scripts)}`;
  return [{ script: undefined, failure: failureOf(RECORD, "RunInterrupted", { when, at }) }];
}

function interruptedChange(
  { name, settings }: Script,
  directory: string,
  { lastEnds }: History,
): readonly Interruption[] {
  const end = lastEnds.get(keyOf(directory, name));
  if (settings.kind !== "change" || end === undefined) return [];
  const by = interruptedBy(end);
  if (by === undefined) return [];
  const about = { script: showName(name), by, at: end.at };
  return [{ script: name, failure: failureOf(RECORD, "ChangeInterrupted", about) }];
}

function interruptedBy({ outcome, failures }: EndEntry): string | undefined {
  // Others may have written the record.
  const [failure] = Array.isArray(failures) ? failures : [];
  const isTimeout = outcome === "warned" && failure?.code === "ScriptTimedOut";
  return isTimeout ? INTERRUPTED_BY["timed-out"] : INTERRUPTED_BY[outcome];
}

const INTERRUPTED_BY: Readonly<Partial<Record<EndEntry["outcome"], string>>> = {
  "timed-out": "its timeout",
  cancelled: "a signal",
  interrupted: "power loss, SIGKILL or a reboot",
};

function names(scripts: readonly string[]): string {
  const named = scripts.slice(0, MOST_NAMED).map(showName).join(", ");
  const more = scripts.length - MOST_NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
}
