/** Nodes of the tests: prepared ones, and such that crash-loop. */
import {
  CRASH_LOOP,
  makePod,
  terminated,
  terminationMessage,
  type PodOptions,
} from "../../bench/pod-list.ts";

export function passed(index: number, ms = 100): Record<string, unknown> {
  const message = terminationMessage([{ script: "01-a", verdict: "passed", durationMs: ms }]);
  return makePod({ index, node: `node-${index}`, state: terminated(0, message) });
}

export function failed(
  index: number,
  message: string,
  options: Partial<PodOptions> = {},
): Record<string, unknown> {
  const ends = [{ script: "01-a", verdict: "failed", durationMs: 5, message }] as const;
  const lastState = terminated(1, terminationMessage(ends));
  const node = `node-${index}`;
  return makePod({ index, node, restarts: 3, state: CRASH_LOOP, lastState, ...options });
}
