import { closeSync, constants, ftruncateSync, openSync, writeSync } from "node:fs";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { RunResult } from "../run/events.ts";
import type { Outcome, Verdict } from "../run/outcome.ts";
import { decisiveOutcome } from "../run/verdict.ts";
import { shortenUtf8 } from "../../lib/text/utf8.ts";
import { showName } from "../../lib/text/show.ts";
import { summarize } from "./wording.ts";
import { codeOf } from "../../lib/text/error.ts";

/** Kubernetes takes 4096 bytes of one container, and 12 KiB of all containers of a pod together. */
const LIMIT_BYTES = 4096;
const SMALL_LIMIT_BYTES = 1024;
const SMALL_RUN_SCRIPTS = 12;

/** What the first line may take even if the list of scripts has to give way. */
const FIRST_LINE_BYTES = 480;
const NAME_BYTES = 160;

/** What stands in every message beside the outcomes. */
export type MessageFacts = { readonly init: string; readonly nodeImage: string | undefined };

/** The message of a run that is over: cause and fix for people, then JSON for programs. */
export function messageOfResult(
  result: RunResult,
  facts: MessageFacts,
  withOutput: boolean,
): string {
  const decisive = decisiveOutcome(result.outcomes);
  const status = decisive?.ending?.how === "exited" ? { status: decisive.ending.status } : {};
  const head = { ...overallOf(result, decisive), ...status };
  const limit = result.outcomes.length <= SMALL_RUN_SCRIPTS ? SMALL_LIMIT_BYTES : LIMIT_BYTES;
  return compose(summarize(result, withOutput), head, facts, result.outcomes, limit);
}

/** The message while a script runs: all that is left of a run that SIGKILL ended. */
export function messageWhileRunning(script: string, facts: MessageFacts): string {
  const said = `${showName(script)}: the container ended while it ran. If nothing else says why, look for the OOM killer in the node's kernel log`;
  return compose(
    said,
    { outcome: "running", script: shortName(script) },
    facts,
    [],
    SMALL_LIMIT_BYTES,
  );
}

/** The message of a run in which nothing could start. */
export function messageOfRefusal(reasons: readonly string[], facts: MessageFacts): string {
  return compose(reasons.join("; "), { outcome: "not-started" }, facts, [], SMALL_LIMIT_BYTES);
}

/**
 * Writes the message in place, since kubelet mounts the file itself.
 * @param create whether a file that is not there is made
 */
export function writeTerminationMessage(
  path: string,
  message: string,
  create: boolean,
): Result<void, string> {
  try {
    const file = openSync(path, constants.O_WRONLY | (create ? constants.O_CREAT : 0), 0o644);
    try {
      // Overwritten first and cut after, so that a full disk leaves the older words and not nothing.
      const written = writeSync(file, message, 0);
      ftruncateSync(file, written);
    } finally {
      closeSync(file);
    }
    return ok(undefined);
  } catch (error) {
    const code = codeOf(error);
    return fail(`cannot write the termination message to ${path}: ${code}`);
  }
}

type Head = Readonly<Record<string, unknown>>;

function overallOf(result: RunResult, decisive: Outcome | undefined): Head {
  if (decisive !== undefined) {
    return { outcome: decisive.verdict, script: shortName(decisive.script) };
  }
  if (result.stoppedBy !== undefined) return { outcome: "cancelled" satisfies Verdict };
  const warned = result.outcomes.find(({ verdict }) => verdict === "warned");
  return warned === undefined
    ? { outcome: "passed" satisfies Verdict }
    : { outcome: "warned" satisfies Verdict, script: shortName(warned.script) };
}

function compose(
  said: string,
  head: Head,
  facts: MessageFacts,
  outcomes: readonly Outcome[],
  limit: number,
): string {
  const nodeImage = facts.nodeImage === undefined ? {} : { nodeImage: shortName(facts.nodeImage) };
  const base = { v: 1, ...head, init: facts.init, ...nodeImage };
  const all = JSON.stringify({ ...base, scripts: outcomes.slice(0, 200).map(entryOf) });
  const room = Math.max(FIRST_LINE_BYTES, limit - 1 - Buffer.byteLength(all));
  const first = shortenUtf8(said, room);
  return `${first}\n${fitScripts(base, outcomes, limit - 1 - Buffer.byteLength(first))}`;
}

/** The JSON line with as many scripts as fit, those that did not pass first, in their order. */
function fitScripts(base: Head, outcomes: readonly Outcome[], room: number): string {
  const empty = Buffer.byteLength(JSON.stringify({ ...base, scripts: [], more: outcomes.length }));
  let left = room - empty;
  const kept = new Set<Outcome>();
  for (const isFirst of [true, false]) {
    for (const outcome of outcomes) {
      const isRemarkable = outcome.verdict !== "passed" && outcome.verdict !== "cancelled";
      if (isRemarkable !== isFirst) continue;
      const size = Buffer.byteLength(JSON.stringify(entryOf(outcome))) + 1;
      if (size > left) break;
      left -= size;
      kept.add(outcome);
    }
  }
  const scripts = outcomes.filter((outcome) => kept.has(outcome)).map(entryOf);
  const more = outcomes.length - scripts.length;
  return JSON.stringify({ ...base, scripts, ...(more === 0 ? {} : { more }) });
}

function entryOf({ script, verdict, durationMs, attempts }: Outcome): Head {
  const entry = { name: shortenUtf8(script, NAME_BYTES), outcome: verdict, ms: durationMs };
  return attempts > 1 ? { ...entry, attempts } : entry;
}

/** A name in JSON, short also if JSON makes six bytes of each of its characters (`\u0001`). */
function shortName(name: string): string {
  const short = shortenUtf8(name, NAME_BYTES);
  const isShort = Buffer.byteLength(JSON.stringify(short)) <= NAME_BYTES + 2;
  return isShort ? short : shortenUtf8(name, Math.floor(NAME_BYTES / 6));
}
