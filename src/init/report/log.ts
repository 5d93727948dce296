import type { RunEvent } from "../run/events.ts";
import type { WriteOutput } from "../run/process.ts";
import type { Script } from "../discover/script.ts";

/** A format of the log: it carries what scripts print and tells what happens. */
export type Log = {
  readonly report: (event: RunEvent) => void;
  readonly writerOf: (script: Script) => WriteOutput;
  /** Resolves when what a script printed has left this process, or cannot for now. */
  readonly flushed: (script: Script) => Promise<void>;
};
