/**
 * The state directory, in the helper process that alone touches it: every call here may hang for as
 * long as the disk does.
 */
import { close as closeFile } from "../../lib/linux/descriptors.ts";
import * as calls from "../../lib/linux/file-calls.ts";
import { openOwnFile, replaceOwnFile } from "../../lib/linux/own-file.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { EndedProcesses } from "./dead-run.ts";
import type { FirstFailure } from "../../lib/contract/first-failure.ts";
import type { EndEntry } from "../../lib/contract/record-entry.ts";
import { EMPTY_HISTORY, type History } from "./history.ts";
import { LOCK_FILE, takeLock, type Holder, type Lock } from "./lock-file.ts";
import { openAppender, readRecordFile, RECORD_FILE, type Appender } from "./record-file.ts";
import { makeStateDirectory, openStateDirectory, type StateDirectory } from "./state-directory.ts";

export type OpenRequest = { readonly stateDir: string; readonly holder: Holder };

/** What is wrong, and with which part of the state directory. */
export type Defect = { readonly part: "directory" | "lock" | "record"; readonly why: string };

export type Opened = {
  /** Another run has the lock, and nothing else was done: ask again. */
  readonly isBusy: boolean;
  /** Who it is, if it has already said. */
  readonly busyHolder: Holder | undefined;
  /** What an earlier run left, which died without an end. */
  readonly deadRun: EndedProcesses;
  readonly history: StoredHistory;
  /** Why no record is kept; then the history is empty, too. */
  readonly defect: Defect | undefined;
  /** Why the record before was set aside. */
  readonly damage: string | undefined;
};

export type FinishRequest = { readonly lines: string; readonly lastRun: string };

/** A history as JSON holds it. */
export type StoredHistory = Omit<History, "lastEnds" | "firstFailures" | "applied"> & {
  readonly lastEnds: readonly EndEntry[];
  readonly firstFailures: readonly (readonly [string, FirstFailure])[];
  readonly applied: readonly (readonly [string, string])[];
};

/** Files of a state directory that are replaced as a whole. */
export type StateFile = "last-run.json" | "events.json";

const NO_PROCESSES: EndedProcesses = { ended: [], alive: [] };

/** More is not read of a file that is replaced as a whole. */
const FILE_BYTES = 64 * 1024;

/** Everything that a run asks for, by name. */
export type Store = ReturnType<typeof createStore>;

export function createStore() {
  let directory: StateDirectory | undefined;
  let lock: Lock | undefined;
  let appender: Appender | undefined;
  return { open, look, append, sync, finish, replace, load, close };

  /** Opens a state directory for a run: takes its lock, ends what a dead run left, reads the record. */
  async function open({ stateDir, holder }: OpenRequest): Promise<Opened> {
    const opened = openOrMake(stateDir);
    if (!opened.ok) return withDefect({ part: "directory", why: opened.error });
    directory = opened.value;
    const locked = takeLock(directory.fd);
    if (!locked.ok) {
      if (!locked.error.isBusy)
        return withDefect({ part: "lock", why: about(LOCK_FILE, locked.error.why) });
      closeFile(directory.fd);
      return { ...withDefect(undefined), isBusy: true, busyHolder: locked.error.holder };
    }
    lock = locked.value;
    const deadRun = await endPrevious(lock.previous, holder);
    if (deadRun.alive.length > 0) return { ...withDefect(undefined), deadRun };
    // On a full disk it has no name: then the next run cannot end what this one leaves.
    lock.name(holder);
    return { ...openRecord(directory), deadRun };
  }

  function openRecord({ fd, distrust }: StateDirectory): Opened {
    if (distrust !== undefined) return withDefect({ part: "directory", why: distrust });
    const read = readRecordFile(fd);
    if (!read.ok) return withDefect({ part: "record", why: about(RECORD_FILE, read.error) });
    const { history, damage } = read.value;
    const opened = openAppender(fd, read.value);
    if (!opened.ok) return withDefect({ part: "record", why: about(RECORD_FILE, opened.error) });
    appender = opened.value;
    return { ...withDefect(undefined), history: stored(history), damage };
  }

  /** What the record holds, for `init plan`: no lock, and nothing is made. */
  function look({ stateDir }: { readonly stateDir: string }): Result<StoredHistory, Defect> {
    const opened = openStateDirectory(stateDir);
    if (!opened.ok && opened.error.isMissing) return ok(stored(EMPTY_HISTORY));
    if (!opened.ok) return fail({ part: "directory", why: opened.error.why });
    const { fd, distrust } = opened.value;
    if (distrust !== undefined) return fail({ part: "directory", why: distrust });
    const read = readRecordFile(fd);
    return read.ok
      ? ok(stored(read.value.history))
      : fail({ part: "record", why: about(RECORD_FILE, read.error) });
  }

  /** Appends lines to the record; what fails is in the answer to the next sync. */
  function append({ lines }: { readonly lines: string }): void {
    appender?.append(lines);
  }

  /** The same, and waits until all is on the disk. @returns why not all is there */
  function sync({ lines }: { readonly lines: string }): string | undefined {
    appender?.append(lines);
    return appender?.sync();
  }

  /** The end of a run: what it did, for people, and its last lines, on the disk when it answers. */
  function finish({ lines, lastRun }: FinishRequest): string | undefined {
    const notReplaced = replace({ name: "last-run.json", text: lastRun });
    return sync({ lines }) ?? notReplaced;
  }

  /** Without waiting for the disk: a power cut may leave the one before, or an empty one. */
  function replace(file: { readonly name: StateFile; readonly text: string }): string | undefined {
    if (directory === undefined || directory.distrust !== undefined) return undefined;
    const content = Buffer.from(file.text);
    const replaced = replaceOwnFile(directory.fd, file.name, content, "in one step");
    return replaced.ok ? undefined : about(file.name, replaced.error);
  }

  /** A small file; undefined if it is missing or not to be believed. */
  function load({ name }: { readonly name: StateFile }): string | undefined {
    if (directory === undefined || directory.distrust !== undefined) return undefined;
    const opened = openOwnFile(directory.fd, name, { for: "reading", create: undefined });
    if (!opened.ok || opened.value === undefined) return undefined;
    const { fd, size } = opened.value;
    const bytes = size > FILE_BYTES ? undefined : calls.readFrom(fd, 0, size);
    closeFile(fd);
    return bytes?.ok === true ? new TextDecoder().decode(bytes.value) : undefined;
  }

  /** Ends the use of the directory. A run that left a process that cannot die stays named in the lock. */
  function close({ isClean }: { readonly isClean: boolean }): void {
    if (isClean) lock?.name(undefined);
    lock?.release();
  }
}

function openOrMake(stateDir: string): Result<StateDirectory, string> {
  const opened = openStateDirectory(stateDir);
  if (opened.ok) return opened;
  if (!opened.error.isMissing) return fail(opened.error.why);
  const made = makeStateDirectory(stateDir);
  // Another run may have made it meanwhile.
  if (!made.ok && made.error !== "EEXIST") return made;
  const again = openStateDirectory(stateDir);
  return again.ok ? again : fail(again.error.why);
}

async function endPrevious(
  previous: Holder | undefined,
  { run, pid, bootId }: Holder,
): Promise<EndedProcesses> {
  if (previous === undefined || previous.bootId !== bootId || previous.run === run)
    return NO_PROCESSES;
  // Loaded when needed: most runs before ended in order.
  const { endDeadRun } = await import("./dead-run.ts");
  return endDeadRun(previous.run, new Set([process.pid, pid]));
}

function withDefect(defect: Defect | undefined): Opened {
  return {
    isBusy: false,
    busyHolder: undefined,
    deadRun: NO_PROCESSES,
    history: stored(EMPTY_HISTORY),
    defect,
    damage: undefined,
  };
}

function stored(history: History): StoredHistory {
  const { lastEnds, firstFailures, applied } = history;
  return {
    ...history,
    lastEnds: [...lastEnds.values()],
    firstFailures: [...firstFailures],
    applied: [...applied],
  };
}

/** An error's name is about the disk, everything else about the file. */
function about(file: string, why: string): string {
  return /^[A-Z0-9]+$/.test(why) ? why : `${file}: ${why}`;
}
