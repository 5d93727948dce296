import type { FleetReport } from "../report.ts";
import { clip } from "./layout.ts";

export type Progress = {
  readonly show: (report: FleetReport) => void;
  /** Something that went wrong on the way, told when it is new. */
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
  let lastAt = -Infinity;
  return {
    show(report) {
      const line = isTerminal ? clip(drawBar(report), Math.max(20, width - 1)) : report.verdict;
      if (line === lastLine) return;
      if (isTerminal) write(`\r${line}\u001b[K`);
      else if (performance.now() - lastAt < LINE_EVERY_MS) return;
      else write(`${line}\n`);
      lastLine = line;
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

/** `[###########...........]  51 % 2,550 of 5,000 nodes prepared, …`: plain characters, for any terminal. */
function drawBar({ prepared, total, verdict }: FleetReport): string {
  const share = total === 0 ? 0 : prepared / total;
  const full = Math.floor(share * BAR_COLUMNS);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${"#".repeat(full)}${".".repeat(BAR_COLUMNS - full)}] ${percent} % ${verdict}`;
}
