import { failureOf, type Failure } from "../../lib/failure/failure.ts";
import { FLEET } from "../../lib/failure/topics/fleet.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { accessFlags, type Access } from "../kubectl.ts";
import { cleanLine } from "../untrusted.ts";

/** No call of a preflight takes long; one that hangs must not keep its objects in the cluster. */
const CALL_MS = 30_000;

/** What kubectl prints; the error is that it is missing, or its last words. */
export async function callKubectl(
  access: Access,
  args: readonly string[],
  input?: unknown,
): Promise<Result<string, { readonly failure: Failure } | { readonly words: string }>> {
  const { kubectl } = access;
  const path = Bun.which(kubectl);
  if (path === null) return fail({ failure: failureOf(FLEET, "KubectlMissing", { kubectl }) });
  const timeout = `--request-timeout=${CALL_MS / 1000}s`;
  const child = Bun.spawn([path, ...accessFlags(access), timeout, ...args], {
    stdin: input === undefined ? "ignore" : Buffer.from(JSON.stringify(input)),
    stdout: "pipe",
    stderr: "pipe",
    timeout: CALL_MS * 2,
    killSignal: "SIGKILL",
    // Ctrl-C at a terminal is for all processes of the group: this one cleans up.
    detached: true,
  });
  const [stdout, stderr, status] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  if (status === 0) return ok(stdout);
  const words = cleanLine(stderr.trim().split("\n").slice(-3).join(" "));
  return fail({ words: words || `${kubectl} ended with exit status ${status}` });
}
