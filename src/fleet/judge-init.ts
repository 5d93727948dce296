import { FLEET_NODES } from "../lib/failure/topics/fleet-nodes.ts";
import { failureOf, type Failure } from "../lib/failure/failure.ts";
import type { Finding, NodeState } from "./node-status.ts";
import type { EndedRun, InitContainer, PodFacts } from "./pod.ts";
import type { GivenFailure, InitMessage } from "./termination-message.ts";

/** Where an init container is, in words that commands can take. */
export type Place = {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
};

/** Waiting for these reasons is only the way to the start. */
export const ON_THE_WAY: ReadonlySet<string> = new Set([
  "",
  "PodInitializing",
  "ContainerCreating",
]);

/**
 * What an init container that runs init shows. It has prepared the node only if everything agrees:
 * exit status 0, kubelet's reason, and the message, where there is one.
 * @returns findings, the one that decides first; of a success one of the state prepared or warned
 */
export function judgeInit(init: InitContainer, pod: PodFacts, place: Place): readonly Finding[] {
  const { waiting, runningSince, ended } = init;
  const whole = { restarts: init.restarts, since: pod.createdAt || undefined };
  const bad = ended === undefined || isRestart(ended) ? undefined : failuresOf(ended, place);
  if (runningSince !== undefined) {
    if (bad !== undefined) return bad.map((each) => ({ ...each, ...whole }));
    const since = runningSince || undefined;
    const finding =
      ended !== undefined && isRestart(ended)
        ? found(
            "running",
            failureOf(FLEET_NODES, "RestartedByRuntime", { ending: endingOf(ended), ...place }),
          )
        : found("running", failureOf(FLEET_NODES, "StillRunning", place));
    return [{ ...finding, restarts: init.restarts, since }];
  }
  if (waiting !== undefined) {
    const isCrashLooping = waiting.reason === "CrashLoopBackOff";
    if (ON_THE_WAY.has(waiting.reason) && hasBeenInitialized(pod)) return [PREPARED];
    if (bad !== undefined) return bad.map((each) => ({ ...each, ...whole, isCrashLooping }));
    if (ended !== undefined && isRestart(ended)) return [restarting(ended, init, pod, place)];
    return [notStarted(init, pod, place)];
  }
  if (ended === undefined)
    return [hasBeenInitialized(pod) ? PREPARED : notStarted(init, pod, place)];
  if (isRestart(ended)) return [restarting(ended, init, pod, place)];
  return bad === undefined ? successOf(ended) : bad.map((each) => ({ ...each, ...whole }));
}

/**
 * Kubelet starts main containers only when every init container has succeeded, and forgets the init
 * containers of a pod that runs for weeks.
 */
export function hasBeenInitialized({ isInitialized, hasStarted, phase }: PodFacts): boolean {
  return isInitialized && hasStarted && phase === "Running";
}

/** The container runtime or the node was restarted: no exit status of the program. */
export function isRestart({ status, reason }: EndedRun): boolean {
  return (status === 255 && reason === "Unknown") || reason === "ContainerStatusUnknown";
}

export function endingOf({ status, reason }: EndedRun): string {
  const words = status === undefined ? "no valid exit status" : `exit status ${status}`;
  return ["", "Error", "Completed"].includes(reason) ? words : `${words} (${reason})`;
}

export const NO_FAILURE: GivenFailure = {
  script: "",
  code: undefined,
  cause: "",
  fix: "",
  params: {},
  link: undefined,
};

const PREPARED: Finding = {
  ...NO_FAILURE,
  state: "prepared",
  isCrashLooping: false,
  restarts: 0,
  since: undefined,
};

/** A finding in the registry's words. */
export function found(state: NodeState, failure: Failure, script = ""): Finding {
  return { ...PREPARED, link: undefined, ...failure, state, script };
}

function restarting(
  ended: EndedRun,
  { waiting, restarts }: InitContainer,
  pod: PodFacts,
  place: Place,
): Finding {
  const failure = failureOf(FLEET_NODES, "RestartedByRuntime", {
    ending: endingOf(ended),
    ...place,
  });
  const isCrashLooping = waiting?.reason === "CrashLoopBackOff";
  const since = ended.finishedAt ?? pod.waitsSince;
  return { ...found("not-started", failure), isCrashLooping, restarts, since };
}

function notStarted(
  { waiting, restarts }: InitContainer,
  { waitsSince }: PodFacts,
  place: Place,
): Finding {
  const why = [waiting?.reason, waiting?.message].filter(Boolean).join(": ");
  const failure =
    why === ""
      ? failureOf(FLEET_NODES, "NoStatus", place)
      : failureOf(FLEET_NODES, "ContainerWaiting", { ...place, why });
  const isCrashLooping = waiting?.reason === "CrashLoopBackOff";
  return { ...found("not-started", failure), isCrashLooping, restarts, since: waitsSince };
}

function successOf({ message }: EndedRun): readonly Finding[] {
  if (message === undefined) return [PREPARED];
  const isWarned = message.outcome === "warned";
  const first: Finding = isWarned ? { ...PREPARED, ...message.failure, state: "warned" } : PREPARED;
  return [first, ...othersOf(message, "warned")];
}

/** Why the run is no success; undefined if it is one. */
function failuresOf(run: EndedRun, place: Place): readonly Finding[] | undefined {
  const { message, status, reason } = run;
  if (message?.isNewer === true) {
    const state = status === 0 || status === undefined ? "unknown" : "failed";
    return [found(state, failureOf(FLEET_NODES, "NewerMessage", {}))];
  }
  if (status === undefined) {
    return [found("unknown", failureOf(FLEET_NODES, "NoExitStatus", { why: reason, ...place }))];
  }
  if (status === 0) return disagreement(run, place);
  if (message === undefined) return [withoutMessage(run, place)];
  return [failureIn(run, message, place), ...othersOf(message, "failed")];
}

/** An exit status of 0 that something else contradicts; undefined if nothing does. */
function disagreement(run: EndedRun, place: Place): readonly Finding[] | undefined {
  const { message, reason, other } = run;
  const disagree = (state: NodeState, words: string): readonly Finding[] => [
    found(
      state,
      failureOf(FLEET_NODES, "ReportsDisagree", {
        ending: "exit status 0",
        other: words,
        ...place,
      }),
      message?.failure.script,
    ),
  ];
  if (reason === "OOMKilled") return [outOfMemory(message)];
  if (reason !== "" && reason !== "Completed") {
    return disagree("failed", `kubelet reports ${[reason, other.line].filter(Boolean).join(": ")}`);
  }
  if (run.isTrial === true) {
    if (message?.isOtherAction !== true)
      return disagree("unknown", "init's message is not of a dry run");
    if (message.outcome === "would-change") return undefined;
  } else if (
    message?.isOtherAction === true &&
    message.outcome !== "failed" &&
    message.outcome !== "timed-out"
  )
    return disagree("unknown", "init's message is of a dry run or an undo");
  switch (message?.outcome) {
    case "failed":
    case "timed-out":
      return [failureIn(run, message, place), ...othersOf(message, "failed")];
    case "running":
    case "not-started":
    case "cancelled":
    case "would-change":
    case "undone":
      return disagree("unknown", `init's message reports "${message.outcome}"`);
    case "passed":
    case "warned":
    case undefined:
      return undefined;
  }
}

function failureIn(run: EndedRun, message: InitMessage, place: Place): Finding {
  const { outcome, failure } = message;
  const isUndecided = outcome === "running" || outcome === undefined;
  if (run.reason === "OOMKilled" && isUndecided) return outOfMemory(message);
  if (outcome === "passed" || outcome === "warned") {
    const ended = failureOf(FLEET_NODES, "EndedAfterSuccess", { ending: endingOf(run), ...place });
    return found("failed", ended);
  }
  if (failure.cause === "") return withoutMessage(run, place, failure.script);
  if (outcome === "timed-out") {
    const cause = failure.cause.replace(/^timed out: /, "");
    return { ...PREPARED, ...failure, cause, state: "timed-out" };
  }
  return { ...PREPARED, ...failure, state: "failed" };
}

function outOfMemory(message: InitMessage | undefined): Finding {
  return found("failed", failureOf(FLEET_NODES, "OutOfMemory", {}), message?.failure.script);
}

/** The original writes no message; then the end of its log is there, or nothing. */
function withoutMessage(run: EndedRun, place: Place, script = ""): Finding {
  const { other, reason } = run;
  if (reason === "OOMKilled") return outOfMemory(undefined);
  const words = { ending: endingOf(run), why: other.line, ...place };
  const failure = failureOf(FLEET_NODES, "ContainerEnded", words);
  if (other.failure === undefined) return found("failed", failure, script);
  const { fix } = other.failure;
  return { ...PREPARED, ...other.failure, fix: fix === "" ? failure.fix : fix, state: "failed" };
}

/** Failures and warnings beside the decisive one; which of them a script had shows in the list of scripts. */
function othersOf({ others, scripts }: InitMessage, state: "failed" | "warned"): Finding[] {
  return others
    .filter(({ cause, code }) => cause !== "" || code !== undefined)
    .map((other) => {
      const outcome = scripts.find(({ name }) => name === other.script)?.outcome;
      const isKnown = outcome === "warned" || outcome === "failed" || outcome === "timed-out";
      const cause = other.cause === "" ? (other.code ?? "") : other.cause;
      return { ...PREPARED, ...other, cause, state: isKnown ? outcome : state };
    });
}
