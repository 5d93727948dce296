/** What a person is told when the upgrade cannot be done; `cause` begins with "cannot". */
export type Failure = {
  /** What happened, to what, and why; without a full stop. */
  readonly cause: string;
  /** What to do about it: whole sentences. */
  readonly fix: string;
};
