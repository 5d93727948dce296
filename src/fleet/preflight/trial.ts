/** A preflight's pods make a dry run: what that means for a node, and in words. */
import type { Looked } from "../look.ts";
import type { FleetReport } from "../report.ts";

/** The same, seen as a trial: a dry run that ends well is what a prepared node is otherwise. */
export function asTrial(looked: Looked): Looked {
  const pods = looked.snapshot.pods.map((pod) => ({
    ...pod,
    initContainers: pod.initContainers.map((init) =>
      init.ended === undefined
        ? init
        : { ...init, ended: { ...init.ended, isTrial: true as const } },
    ),
  }));
  return { ...looked, snapshot: { ...looked.snapshot, pods } };
}

/** `2 of 3 nodes would be prepared, 1 not: 1 cause`. */
export function inTrialWords(report: FleetReport): FleetReport {
  const words = (verdict: string): string =>
    verdict.replaceAll(/(nodes?) prepared/g, "$1 would be prepared");
  const sections = report.sections.map((section) => ({
    ...section,
    verdict: words(section.verdict),
  }));
  return { ...report, verdict: words(report.verdict), sections };
}

/** Whether every node has answered: it would be prepared, or it would not. */
export function haveAllAnswered({ total, counts }: FleetReport): boolean {
  const open = counts["no-pod"] + counts["not-started"] + counts.running + counts.unknown;
  return total > 0 && open === 0;
}
