import type { EventReporter, EventReporterOptions } from "../kubernetes/post-events.ts";
import type { Emit } from "../run/events.ts";
import { podEventsOf } from "./pod-events.ts";

export type EventsReporter = {
  readonly report: Emit;
  /** Resolves when all is posted, or after `budgetMs`. */
  readonly close: (budgetMs: number) => Promise<void>;
};

/** Tells failures, warnings and the success as events of the pod. The client is loaded for the first one. */
export function createEventsReporter(options: EventReporterOptions): EventsReporter {
  let opened: Promise<EventReporter> | undefined;
  return {
    report(event) {
      const podEvents = podEventsOf(event, options.eventOutput === "tail");
      if (podEvents.length === 0) return;
      opened ??= open(options);
      void opened.then((reporter) => podEvents.forEach(reporter.post));
    },
    close: async (budgetMs) => (await opened)?.close(budgetMs),
  };
}

async function open(options: EventReporterOptions): Promise<EventReporter> {
  const { createEventReporter } = await import("../kubernetes/post-events.ts");
  return createEventReporter(options);
}
