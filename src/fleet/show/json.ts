import { amountOf, type Cause } from "../group.ts";
import type { NodeStatus } from "../node-status.ts";
import type { Section } from "../report.ts";
import type { Show } from "./show.ts";
import { isoTime } from "./words.ts";

/** For programs: times in RFC 3339, durations in milliseconds; what is not known is absent. */
export const showJson: Show = (report) => {
  const { at, figures, nodes, sections, ...whole } = report;
  const document = {
    v: 1,
    at: isoTime(at),
    ...partOf(whole),
    figures,
    sections: sections.map(({ namespace, ...part }) => ({ namespace, ...partOf(part) })),
    nodes: nodes.map(nodeOf),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
};

function partOf(
  part: Pick<
    Section,
    "verdict" | "total" | "prepared" | "counts" | "causes" | "warnings" | "remarks"
  >,
): object {
  const { verdict, total, prepared, counts, causes, warnings, remarks } = part;
  return {
    verdict,
    total,
    prepared,
    counts,
    causes: causes.map(causeOf),
    warnings: warnings.map(causeOf),
    remarks,
  };
}

function causeOf({ key: _key, crashLooping, since, unnamed, ...cause }: Cause): object {
  return {
    ...cause,
    amount: amountOf({ ...cause, unnamed }),
    since: isoTime(since),
    crashLooping: crashLooping && { ...crashLooping, since: isoTime(crashLooping.since) },
  };
}

function nodeOf({
  since,
  endedAt,
  findings,
  isSilent: _isSilent,
  params,
  ...status
}: NodeStatus): object {
  const others = findings
    .slice(1)
    .map(({ state, script, code, cause, fix }) => ({ state, script, code, cause, fix }));
  return {
    ...status,
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(others.length === 0 ? {} : { others }),
    since: isoTime(since),
    endedAt: isoTime(endedAt),
  };
}
