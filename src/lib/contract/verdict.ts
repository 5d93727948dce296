/** What became of a script in a run: the words that every log, message and record uses. */
export type Verdict =
  | "passed"
  | "warned"
  | "failed"
  | "timed-out"
  | "skipped"
  | "cancelled"
  /** In a dry run: it changed nothing, and left what it would change. */
  | "would-change"
  /** In an undo: what it did on this host is taken back. */
  | "undone";
