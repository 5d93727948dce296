import type { Outcome } from "../run/outcome.ts";
import type { Verdict } from "../../lib/contract/verdict.ts";
import { formatDuration } from "../../lib/text/duration.ts";
import { showName } from "../../lib/text/show.ts";
import type { Paint } from "../../lib/text/paint.ts";
import { describeOwnEnding, isWarning } from "./wording.ts";

/** Beyond this a table is no overview: what passed is counted instead. */
const MOST_ROWS = 40;

const HEADER = ["SCRIPT", "OUTCOME", "DURATION", ""] as const;

/** The closing table of a run: the scripts that did something, with outcome, duration and why. */
export function outcomeTable(outcomes: readonly Outcome[], paint: Paint): readonly string[] {
  const ended = outcomes.filter(({ verdict, attempts }) => verdict !== "cancelled" || attempts > 0);
  const told = (ended.length > MOST_ROWS ? ended.filter(isRemarkable) : ended).slice(0, MOST_ROWS);
  if (told.length === 0) return [];
  const rows = told.map(cellsOf);
  const widths = HEADER.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const lines = rows.map((row, index) => colourOf(told[index]?.verdict, paint)(line(row)));
  return [line(HEADER), ...lines];
}

function isRemarkable({ verdict }: Outcome): boolean {
  return verdict === "failed" || verdict === "timed-out" || verdict === "warned";
}

function cellsOf(outcome: Outcome): readonly string[] {
  const notes = [whyOf(outcome), outcome.attempts > 1 ? `${outcome.attempts} attempts` : ""];
  return [
    showName(outcome.script),
    outcome.verdict,
    outcome.attempts === 0 ? "-" : formatDuration(outcome.durationMs),
    notes.filter(Boolean).join(", "),
  ];
}

function whyOf(outcome: Outcome): string {
  if (outcome.ending === undefined) return outcome.reason ?? "";
  if (outcome.verdict === "undone") return "";
  if (outcome.verdict === "passed" || outcome.verdict === "would-change")
    return outcome.changes.join("; ");
  return isWarning(outcome) ? "passed with a warning" : describeOwnEnding(outcome, outcome.ending);
}

function colourOf(verdict: Verdict | undefined, paint: Paint): (text: string) => string {
  if (verdict === "failed" || verdict === "timed-out") return paint.red;
  return verdict === "warned" ? paint.yellow : (text) => text;
}
