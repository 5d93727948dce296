/** The hidden command of a helper: the same executable as a child process, for all that can hang. */
export const HELPER_COMMAND = "__helper";

/** What a helper does, one thing that can hang each. */
export type HelperKind = "state" | "message";

/** What a helper does, by the request's name. */
export type Handlers = Readonly<Record<string, (request: never) => unknown>>;

/** A request on its line; without a number it is not answered. */
export type RequestLine = readonly [number: number | null, name: string, request: unknown];

export type AnswerLine = readonly [number: number, answer?: unknown];
