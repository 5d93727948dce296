/** How many events one run posts, whatever the number of scripts that fail. */
import { isOfSuccess, type EventReason } from "../../lib/contract/pod-event.ts";
import type { PodEvent } from "./event.ts";

/** With the event of the prepared node and the one that holds all further failures: 12. */
const MOST_AS_THEY_COME = 10;

export type EventBudget = {
  /** What to post now. */
  readonly admit: (event: PodEvent) => readonly PodEvent[];
  /** What is left to post at the end of the run. */
  readonly flush: () => readonly PodEvent[];
};

/** The first ten pass as they come; the further ones are held, and are one event at the end. */
export function createEventBudget(): EventBudget {
  const passed = new Set<string>();
  let held: PodEvent[] = [];
  return {
    admit(event) {
      if (isOfSuccess(event.reason)) return [...flush(), event];
      const key = `${event.reason} ${event.script ?? ""} ${event.about ?? ""}`;
      if (!passed.has(key) && passed.size === MOST_AS_THEY_COME) {
        held.push(event);
        return [];
      }
      passed.add(key);
      return [event];
    },
    flush,
  };

  function flush(): readonly PodEvent[] {
    const further = held;
    held = [];
    return further.length < 2 ? further : [combine(further)];
  }
}

const WORST_FIRST: readonly EventReason[] = [
  "ScriptFailed",
  "ScriptTimedOut",
  "ScriptWarning",
  "ScriptStillRunning",
];

/** Script, cause and code of each, and what to do about the first of the worst. */
function combine(events: readonly PodEvent[]): PodEvent {
  const [worst] = events.toSorted(
    (a, b) => WORST_FIRST.indexOf(a.reason) - WORST_FIRST.indexOf(b.reason),
  );
  const causes = events.map(({ script, text: { cause, code } }) =>
    [script === undefined ? cause : `${script}: ${cause}`, code && `(${code})`]
      .filter(Boolean)
      .join(" "),
  );
  const areScripts = new Set(events.map(({ script }) => script)).size === events.length;
  return {
    reason: worst?.reason ?? "ScriptFailed",
    about: "further scripts",
    text: {
      cause: `${events.length} further ${areScripts ? "scripts" : "failures"}: ${causes.join("; ")}`,
      fix: worst?.text.fix ?? "",
      output: "",
    },
  };
}
