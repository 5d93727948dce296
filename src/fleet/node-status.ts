import type { GivenFailure, ScriptEnd } from "./termination-message.ts";

/** In the order in which a person wants to see them; of several on one node the first counts. */
export const NODE_STATES = [
  "failed",
  "timed-out",
  "unknown",
  "no-pod",
  "not-started",
  "running",
  "warned",
  "prepared",
] as const;

export type NodeState = (typeof NODE_STATES)[number];

/** What was found out about one part of a node's preparation, and what to do. All texts are clean lines. */
export type Finding = GivenFailure & {
  readonly state: NodeState;
  /** Kubelet waits before it starts the init container again. */
  readonly isCrashLooping: boolean;
  readonly restarts: number;
  /** Since when it is so, in milliseconds since the epoch; for a failure: when the pod was made. */
  readonly since: number | undefined;
};

/** One node, as its pods show it. All texts are clean lines; times are milliseconds since the epoch. */
export type NodeStatus = Finding & {
  readonly node: string;
  readonly namespace: string | undefined;
  /** The pod that decided the state. */
  readonly pod: string | undefined;
  /** The DaemonSet that the pod is of. */
  readonly daemonSet: string | undefined;
  /** Everything that was found, what decides the state first. */
  readonly findings: readonly Finding[];
  /** When init ended last. */
  readonly endedAt: number | undefined;
  /** What the node was prepared for, as init reported it. */
  readonly nodeImage: string | undefined;
  /** Whether the pod runs none of that image. */
  readonly runsOtherImage: boolean;
  readonly initVersion: string | undefined;
  /** Whether init ended without a message of its own. */
  readonly isSilent: boolean;
  readonly scripts: readonly ScriptEnd[];
  /** Time in scripts; undefined if the last run did not report that of every script. */
  readonly scriptsMs: number | undefined;
};

export function isPrepared(state: NodeState): boolean {
  return state === "prepared" || state === "warned";
}

/** The finding that decides: of the worst state, the first. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => NODE_STATES.indexOf(a.state) - NODE_STATES.indexOf(b.state));
}
