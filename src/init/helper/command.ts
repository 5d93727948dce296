/** The hidden command of a helper: the same executable as a child process, for all that can hang. */
export const HELPER_COMMAND = "__helper";

/** What a helper does, one thing that can hang each. */
export type HelperKind = "state" | "message";
