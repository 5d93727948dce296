/** What this script did on the host, so that an undo takes back that and nothing else. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { readBootId } from "../../../src/lib/linux/boot-id.ts";
import { writeDurably } from "../../../src/lib/linux/durable-file.ts";
import { readText } from "../../../src/lib/linux/host.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";

export type Deeds = {
  /** What follows, but for the file, a reboot takes back. */
  readonly bootId: string;
  /** Modules, in the order in which they were loaded. */
  readonly loaded: readonly string[];
  readonly hasMounted: boolean;
  readonly hasMadeLoopback: boolean;
  /** The text of the file that loads modules at boot; undefined if this script never wrote it. */
  readonly bootFile: string | undefined;
};

/** In the state directory, which belongs to init alone. */
const FILE = "enable-lio.json";

/** Deeds of an earlier boot but for the file are none any more. */
export function readDeeds(stateDirectory: string): Deeds {
  const deeds = parse(readText(join(stateDirectory, FILE)) ?? "");
  const bootId = readBootId();
  const none = { loaded: [], hasMounted: false, hasMadeLoopback: false, bootFile: deeds?.bootFile };
  return deeds?.bootId === bootId ? deeds : { ...none, bootId };
}

/** Adds to what is known; the error says why it cannot be noted. */
export function noteDeeds(
  stateDirectory: string,
  done: Omit<Deeds, "bootId">,
): Result<void, string> {
  const before = readDeeds(stateDirectory);
  const all: Deeds = {
    bootId: before.bootId,
    loaded: [...new Set([...before.loaded, ...done.loaded])],
    hasMounted: before.hasMounted || done.hasMounted,
    hasMadeLoopback: before.hasMadeLoopback || done.hasMadeLoopback,
    bootFile: done.bootFile ?? before.bootFile,
  };
  const text = `${JSON.stringify({ v: 1, ...all })}\n`;
  const written = writeDurably(join(stateDirectory, FILE), text, 0o600);
  return written.ok ? ok(undefined) : fail(written.error);
}

/** When all is taken back. */
export function forgetDeeds(stateDirectory: string): void {
  rmSync(join(stateDirectory, FILE), { force: true });
}

function parse(text: string): Deeds | undefined {
  let value: Partial<Record<keyof Deeds, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  const { bootId, loaded, hasMounted, hasMadeLoopback, bootFile } = value;
  if (typeof bootId !== "string" || !Array.isArray(loaded)) return undefined;
  return {
    bootId,
    loaded: loaded.filter((name) => typeof name === "string"),
    hasMounted: hasMounted === true,
    hasMadeLoopback: hasMadeLoopback === true,
    bootFile: typeof bootFile === "string" ? bootFile : undefined,
  };
}
