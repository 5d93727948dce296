import type { Cause } from "../group.ts";
import type { NodeStatus } from "../node-status.ts";
import type { Show } from "./show.ts";
import { isoTime } from "./words.ts";

/** For programs: times in RFC 3339, durations in milliseconds; what is not known is absent. */
export const showJson: Show = (report) => {
  const { at, verdict, total, prepared, counts, remarks, figures } = report;
  const document = {
    v: 1,
    at: isoTime(at),
    verdict,
    total,
    prepared,
    counts,
    causes: report.causes.map(causeOf),
    warnings: report.warnings.map(causeOf),
    remarks,
    figures,
    nodes: report.nodes.map(nodeOf),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
};

function causeOf({ key: _key, crashLooping, ...cause }: Cause): object {
  return {
    ...cause,
    crashLooping: crashLooping && { ...crashLooping, since: isoTime(crashLooping.since) },
  };
}

function nodeOf({ since, endedAt, ...status }: NodeStatus): object {
  return { ...status, since: isoTime(since), endedAt: isoTime(endedAt) };
}
