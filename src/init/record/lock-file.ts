import { close, writeAll } from "../../lib/linux/descriptors.ts";
import * as calls from "../../lib/linux/file-calls.ts";
import { openOwnFile, type OwnFile } from "../../lib/linux/own-file.ts";
import { fail, ok, type Result } from "../../lib/result.ts";

export const LOCK_FILE = "lock";

/** Who has the lock, or had it when it died. */
export type Holder = {
  /** The id of its run, as in the environment of its scripts. */
  readonly run: string;
  readonly pid: number;
  readonly bootId: string;
  /** RFC 3339. */
  readonly since: string;
};

export type Lock = {
  /** Of a run that did not end in order; undefined if the last one did. */
  readonly previous: Holder | undefined;
  /** Names the holder; nobody for a run that ends in order. */
  readonly name: (holder: Holder | undefined) => Result<void, string>;
  readonly release: () => void;
};

export type NoLock =
  | { readonly isBusy: true; readonly holder: Holder | undefined }
  | { readonly isBusy: false; readonly why: string };

/** The lock file is another one than the one that was locked: tried again as often. */
const MOST_ATTEMPTS = 5;

const HOLDER_BYTES = 1024;

/** Takes the lock of a state directory, which lasts until this process ends, however it ends. */
export function takeLock(directory: number): Result<Lock, NoLock> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const opened = openLock(directory);
    if (!opened.ok) return fail({ isBusy: false, why: opened.error });
    const { fd, isWritable } = opened.value;
    const locked = calls.lock(fd);
    if (locked.ok && isStillThere(directory, fd)) return ok(lockOn(fd, isWritable));
    const holder = holderIn(fd);
    close(fd);
    if (!locked.ok && locked.error === "EAGAIN") return fail({ isBusy: true, holder });
    if (!locked.ok) return fail({ isBusy: false, why: locked.error });
  }
  return fail({ isBusy: false, why: "it is replaced again and again" });
}

type OpenLock = Pick<OwnFile, "fd"> & { readonly isWritable: boolean };

function openLock(directory: number): Result<OpenLock, string> {
  const opened = openOwnFile(directory, LOCK_FILE, { for: "updating", create: 0o600 });
  if (opened.ok && opened.value !== undefined) {
    calls.changeMode(opened.value.fd, 0o600);
    return ok({ fd: opened.value.fd, isWritable: true });
  }
  const why = opened.ok ? "ENOENT" : opened.error;
  if (why !== "EROFS") return fail(why);
  // What cannot be written can be locked all the same, if an earlier run made it.
  const readOnly = openOwnFile(directory, LOCK_FILE, { for: "reading", create: undefined });
  if (!readOnly.ok || readOnly.value === undefined) return fail(why);
  return ok({ fd: readOnly.value.fd, isWritable: false });
}

/** Whoever opens the lock by its name from now on opens this file. */
function isStillThere(directory: number, fd: number): boolean {
  const named = calls.statusAt(directory, LOCK_FILE);
  const own = calls.statusOf(fd);
  return named.ok && own.ok && named.value.inode === own.value.inode;
}

function lockOn(fd: number, isWritable: boolean): Lock {
  return {
    previous: holderIn(fd),
    release: () => close(fd),
    name(holder) {
      if (!isWritable) return ok(undefined);
      const emptied = calls.truncate(fd, 0);
      if (!emptied.ok || holder === undefined) return emptied;
      const sought = calls.seekTo(fd, 0);
      return sought.ok ? writeAll(fd, Buffer.from(`${JSON.stringify(holder)}\n`)) : sought;
    },
  };
}

function holderIn(fd: number): Holder | undefined {
  const bytes = calls.readFrom(fd, 0, HOLDER_BYTES);
  return bytes.ok ? parseHolder(new TextDecoder().decode(bytes.value)) : undefined;
}

/** The holder that a lock file names; undefined for what init never writes, whoever wrote it. */
export function parseHolder(text: string): Holder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { run, pid, bootId, since } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!matches(run, /^[0-9a-f-]{36}$/) || !matches(bootId, /^[0-9a-z-]{1,64}$/)) return undefined;
  if (!matches(since, /^[0-9TZ:.+-]{1,40}$/)) return undefined;
  return Number.isSafeInteger(pid) ? { run, pid: Number(pid), bootId, since } : undefined;
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}
