import type { FleetReport } from "../report.ts";
import { clip } from "./layout.ts";

export type Progress = {
  /** @param staleness how old it is; empty if it is of now */
  readonly show: (report: FleetReport, staleness: string) => void;
  /** Something that went wrong on the way, shown when it is new. */
  readonly note: (text: string) => void;
  readonly end: () => void;
};

/** Where nothing can be drawn over, a line comes no more often than this. */
const LINE_EVERY_MS = 10_000;

const BAR_COLUMNS = 30;

/** A bar that is drawn over on a terminal; elsewhere a line now and then, when something has changed. */
export function createProgress(
  write: (text: string) => void,
  { isTerminal, width }: { readonly isTerminal: boolean; readonly width: number },
): Progress {
  let lastLine = "";
  let lastNote = "";
  let lastStaleness = "";
  let lastAt = -Infinity;
  return {
    show(report, staleness) {
      const verdict = staleness === "" ? report.verdict : `${staleness}: ${report.verdict}`;
      const bar = `${drawBar(report)} ${verdict}`;
      const line = isTerminal ? clip(bar, Math.max(20, width - 1)) : verdict;
      if (line === lastLine) return;
      const isDue = staleness !== lastStaleness || performance.now() - lastAt >= LINE_EVERY_MS;
      if (isTerminal) write(`\r${line}\u001b[K`);
      else if (!isDue) return;
      else write(`${line}\n`);
      lastLine = line;
      lastStaleness = staleness;
      lastAt = performance.now();
    },
    note(text) {
      if (text === lastNote) return;
      lastNote = text;
      write(`${isTerminal ? "\r\u001b[K" : ""}init: ${text}\n`);
      lastLine = "";
    },
    end() {
      if (isTerminal) write("\r\u001b[K");
    },
  };
}

/** `[###########...........]  51 %`: plain characters, for any terminal. */
function drawBar({ prepared, total }: FleetReport): string {
  const share = total === 0 ? 0 : prepared / total;
  const full = Math.floor(share * BAR_COLUMNS);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${"#".repeat(full)}${".".repeat(BAR_COLUMNS - full)}] ${percent} %`;
}
