import { close, createPipe, type Pipe } from "../../lib/linux/descriptors.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { codeOf } from "../../lib/text/error.ts";
import { HELPER_COMMAND, type HelperKind } from "./command.ts";

/** A helper's process. Neither end of ours blocks. */
export type Spawned = {
  readonly pid: number;
  /** Where requests go, and where answers come from. */
  readonly requests: number;
  readonly answers: number;
};

/** Children of this program that are neither scripts nor what scripts left. */
export const helperPids = new Set<number>();

let early: Result<Spawned, string> | undefined;

/**
 * Starts the helper that a run needs before its first script, ahead of all else: a process of this
 * program takes as long to start as the program itself.
 */
export function spawnEarly(): void {
  early = spawn("state");
  process.on("exit", endUnused);
}

export function spawnHelper(kind: HelperKind): Result<Spawned, string> {
  const spawned = kind === "state" ? (early ?? spawn(kind)) : spawn(kind);
  if (spawned === early) early = undefined;
  return spawned;
}

function spawn(kind: HelperKind): Result<Spawned, string> {
  const requests = createPipe("writeEnd");
  if (!requests.ok) return requests;
  const answers = createPipe("readEnd");
  if (!answers.ok) {
    closeBoth(requests.value);
    return answers;
  }
  try {
    // In a session of its own: what ends a terminal's foreground processes is not for it.
    const { pid } = Bun.spawn([process.execPath, HELPER_COMMAND, kind], {
      stdin: requests.value.readEnd,
      stdout: answers.value.writeEnd,
      stderr: "ignore",
      detached: true,
    });
    close(requests.value.readEnd);
    close(answers.value.writeEnd);
    helperPids.add(pid);
    return ok({ pid, requests: requests.value.writeEnd, answers: answers.value.readEnd });
  } catch (error) {
    closeBoth(requests.value);
    closeBoth(answers.value);
    return fail(codeOf(error));
  }
}

function closeBoth({ readEnd, writeEnd }: Pipe): void {
  close(readEnd);
  close(writeEnd);
}

/** One that was not used has touched nothing, and ends at once. */
function endUnused(): void {
  if (early?.ok === true) process.kill(early.value.pid, "SIGKILL");
}
