import type { NodeStatus } from "./node-status.ts";

/** Durations in milliseconds. */
export type Durations = {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  readonly sum: number;
};

export type ScriptFigures = Durations & {
  readonly name: string;
  /** Where it took longest. */
  readonly slowestNode: string;
};

export type SlowNode = { readonly node: string; readonly ms: number };

/** A bar of the histogram: nodes whose time in scripts is below `belowMs`, and not below the bar before. */
export type Bar = { readonly belowMs: number; readonly nodes: number };

export type Figures = {
  /** Time in scripts of every node that told it. */
  readonly nodes: Durations | undefined;
  readonly slowestNodes: readonly SlowNode[];
  /** The script with the longest median first. */
  readonly scripts: readonly ScriptFigures[];
  readonly histogram: readonly Bar[];
};

const SLOWEST_NODES = 20;

/** A script that was skipped or cancelled took no time of its own. */
const HAS_RUN: ReadonlySet<string> = new Set(["passed", "warned", "failed", "timed-out"]);

export function figuresOf(nodes: readonly NodeStatus[]): Figures {
  const slow = nodes
    .flatMap(({ node, scriptsMs }) => (scriptsMs === undefined ? [] : [{ node, ms: scriptsMs }]))
    .toSorted((a, b) => b.ms - a.ms || (a.node < b.node ? -1 : 1));
  return {
    nodes: durationsOf(slow.map(({ ms }) => ms)),
    slowestNodes: slow.slice(0, SLOWEST_NODES),
    scripts: figuresOfScripts(nodes),
    histogram: histogramOf(slow.map(({ ms }) => ms)),
  };
}

/** undefined of nothing; quantiles are of the nearest rank, so each is a duration that occurred. */
export function durationsOf(values: readonly number[]): Durations | undefined {
  const sorted = Float64Array.from(values).toSorted();
  const max = sorted.at(-1);
  if (max === undefined) return undefined;
  const quantile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? max;
  return {
    count: sorted.length,
    median: quantile(0.5),
    p95: quantile(0.95),
    max,
    sum: sorted.reduce((sum, value) => sum + value, 0),
  };
}

function figuresOfScripts(nodes: readonly NodeStatus[]): readonly ScriptFigures[] {
  const byName = new Map<string, { readonly values: number[]; slowest: SlowNode }>();
  for (const { node, scripts } of nodes) {
    for (const { name, outcome, ms } of scripts) {
      if (!HAS_RUN.has(outcome)) continue;
      const known = byName.get(name);
      if (known === undefined) byName.set(name, { values: [ms], slowest: { node, ms } });
      else {
        known.values.push(ms);
        if (ms > known.slowest.ms) known.slowest = { node, ms };
      }
    }
  }
  return Array.from(byName)
    .flatMap(([name, { values, slowest }]) => {
      const durations = durationsOf(values);
      return durations === undefined ? [] : [{ name, slowestNode: slowest.node, ...durations }];
    })
    .toSorted((a, b) => b.median - a.median || (a.name < b.name ? -1 : 1));
}

/** Bars whose bounds are 1, 2 and 5 times powers of ten, from the shortest duration to the longest. */
function histogramOf(values: readonly number[]): readonly Bar[] {
  const counts = new Map<number, number>();
  for (const value of values) {
    const bound = boundAbove(value);
    counts.set(bound, (counts.get(bound) ?? 0) + 1);
  }
  const bars: Bar[] = [];
  const last = Math.max(...counts.keys());
  for (let bound = Math.min(...counts.keys()); bound <= last; bound = boundAbove(bound)) {
    bars.push({ belowMs: bound, nodes: counts.get(bound) ?? 0 });
  }
  return bars;
}

/** The smallest of 10, 20, 50, 100, 200, 500, … ms that is greater. */
function boundAbove(ms: number): number {
  for (let power = 10; ; power *= 10) {
    for (const step of [1, 2, 5]) if (ms < step * power) return step * power;
  }
}
