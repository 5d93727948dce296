import { EXIT } from "../lib/exit-status.ts";
import { print } from "../lib/print.ts";
import { judgeOwner } from "./classify.ts";
import type { LogsConfig } from "./config.ts";
import { lookAtCluster } from "./look.ts";
import { findOwners, type Scope } from "./owners.ts";
import type { PodVerdict } from "./judge-pod.ts";
import { printLog } from "./pod-log.ts";
import { describeCause } from "./show/words.ts";
import { makeReport, refuse } from "./show-report.ts";

/** So much of each log says how it ended. */
const LINES = 20;

/** `init logs --all-failed`: the end of the log of each node that failed, by cause; resolves to the exit status. */
export async function logsOfAllFailed(config: LogsConfig, scope: Scope): Promise<number> {
  const looked = await lookAtCluster(config);
  if (!looked.ok) return refuse(looked.error.failure, EXIT.cannot);
  const report = makeReport(looked.value, scope, Date.now());
  const failed = report.causes.filter(({ state }) => state === "failed" || state === "timed-out");
  print(1, `${report.verdict}\n`);
  const places = placesOf(looked.value.snapshot, scope);
  const shown = new Set<string>();
  let exitStatus: number = EXIT.success;
  for (const cause of failed) {
    print(1, `\n==> ${describeCause(cause)} <==\n`);
    if (cause.fix !== "") print(1, `fix: ${cause.fix}\n`);
    for (const node of cause.nodes) {
      const key = `${cause.namespace}\n${node}`;
      const verdicts = places.get(key) ?? [];
      print(1, `\n--> ${node}${shown.has(key) ? ": see above" : ""} <--\n`);
      if (shown.has(key)) continue;
      shown.add(key);
      for (const verdict of verdicts) {
        if (!(await showEnd(verdict, config))) exitStatus = EXIT.cannot;
      }
    }
  }
  return exitStatus;
}

/** What failed on each node of each namespace. */
function placesOf(
  snapshot: Parameters<typeof findOwners>[0],
  scope: Scope,
): ReadonlyMap<string, readonly PodVerdict[]> {
  const places = new Map<string, PodVerdict[]>();
  for (const owner of findOwners(snapshot, scope).owners) {
    for (const [node, verdict] of judgeOwner(owner).byNode) {
      const state = verdict.findings[0]?.state;
      if (state !== "failed" && state !== "timed-out") continue;
      const key = `${owner.namespace}\n${node}`;
      places.set(key, [...(places.get(key) ?? []), verdict]);
    }
  }
  return places;
}

/** The end of the log of the init container that failed; false if it cannot be had. */
async function showEnd({ pod, inits }: PodVerdict, config: LogsConfig): Promise<boolean> {
  const failed = inits.findLast(({ ended }) => ended !== undefined && ended.status !== 0);
  const init = failed ?? inits.at(-1);
  if (init === undefined) return true;
  const source = { config, pod, container: init.name };
  // What runs now again has not failed yet: the run before has.
  const isPrevious = init.runningSince !== undefined;
  const end = await printLog(source, [`--tail=${LINES}`, ...(isPrevious ? ["--previous"] : [])]);
  if (end.kind === "shown") return true;
  print(1, end.kind === "not-kept" ? "not kept by kubelet\n" : `cannot show its log: ${end.why}\n`);
  return false;
}
