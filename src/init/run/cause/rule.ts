/**
 * What a single line means for the search of the cause.
 * - `noise`: nothing; `trace`: a command that a shell printed; `end`: only that something ends
 * - `success`: something worked; never why a script failed
 * - `consequence`: followed from an error before it, and is the cause only where there is none
 * - `total`: how many failed; the failed items are the cause
 * - `failed`: an item in a list of results; `error`: an error that its words do not show
 * - `advice`: what to do
 */
export type Kind =
  | "noise"
  | "trace"
  | "end"
  | "success"
  | "consequence"
  | "total"
  | "failed"
  | "error"
  | "advice";

/** A form of line, for one tool or for many. Patterns have no repetition within a repetition. */
export type Rule = {
  readonly of: string;
  readonly kind: Kind;
  readonly pattern: RegExp;
  /** Where the form comes from: the tool's manual, its source, or how it was seen. */
  readonly source: string;
};

export function row(kind: Kind, of: string, pattern: RegExp, source: string): Rule {
  return { of, kind, pattern, source };
}
