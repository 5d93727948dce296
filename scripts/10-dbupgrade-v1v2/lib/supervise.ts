/**
 * Runs the upgrade in a process that may abort, as librocksdb does, or hang on a disk that does not
 * respond. This one touches no disk while it waits, so it outlives both.
 */
import { readFileSync } from "node:fs";

export type End =
  | { readonly how: "exited"; readonly status: number }
  | { readonly how: "died"; readonly signal: string }
  | { readonly how: "silent" };

/** One fsync(2) on a slow but healthy disk takes less. */
export const SILENCE_MS = 15 * 60_000;
const LOOKS = 20;

/**
 * Waits for the command's end. One that neither computes, reads nor writes for `silenceMs` is killed,
 * and not waited for: in an uninterruptible sleep it does not end.
 */
export async function supervise(command: readonly string[], silenceMs = SILENCE_MS): Promise<End> {
  const child = Bun.spawn([...command], { stdio: ["ignore", "inherit", "inherit"] });
  const silence = Promise.withResolvers<End>();
  let [seen, silentLooks] = ["", 0];
  const timer = setInterval(() => {
    const now = activityOf(child.pid);
    silentLooks = now === seen ? silentLooks + 1 : 0;
    seen = now;
    if (silentLooks < LOOKS) return;
    child.kill("SIGKILL");
    child.unref();
    silence.resolve({ how: "silent" });
  }, silenceMs / LOOKS);
  const end = await Promise.race([silence.promise, child.exited.then(() => endOf(child))]);
  clearInterval(timer);
  return end;
}

function endOf({ exitCode, signalCode }: Bun.Subprocess): End {
  return signalCode === null
    ? { how: "exited", status: exitCode ?? 1 }
    : { how: "died", signal: String(signalCode) };
}

/** Its processor time and what it has read and written, all threads together. */
function activityOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13);
    return `${user} ${system} ${readFileSync(`/proc/${pid}/io`, "latin1")}`;
  } catch {
    return ""; // it is ending
  }
}
