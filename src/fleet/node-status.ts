import type { ToldScript } from "./termination-message.ts";

/** In the order in which a person wants to see them. */
export const NODE_STATES = [
  "failed",
  "timed-out",
  "no-pod",
  "not-started",
  "running",
  "warned",
  "prepared",
] as const;

export type NodeState = (typeof NODE_STATES)[number];

/** One node, as its pod shows it. All texts are clean lines; times are milliseconds since the epoch. */
export type NodeStatus = {
  readonly node: string;
  readonly state: NodeState;
  readonly namespace: string | undefined;
  readonly pod: string | undefined;
  /** The script that decided the state, and why it is so; empty where there is nothing to say. */
  readonly script: string;
  readonly cause: string;
  readonly fix: string;
  readonly restarts: number;
  /** Kubelet waits before it starts the init container again. */
  readonly isCrashLooping: boolean;
  /** When the pod was made. */
  readonly since: number | undefined;
  /** When init ended last. */
  readonly endedAt: number | undefined;
  /** What the node was prepared for, as init said it. */
  readonly nodeImage: string | undefined;
  /** Whether the pod runs none of that image. */
  readonly runsOtherImage: boolean;
  readonly initVersion: string | undefined;
  readonly scripts: readonly ToldScript[];
  /** Time in scripts; undefined if the last run did not tell that of every script. */
  readonly scriptsMs: number | undefined;
};

export function isPrepared(state: NodeState): boolean {
  return state === "prepared" || state === "warned";
}
