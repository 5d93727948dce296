import { cutUtf8 } from "../text/utf8.ts";

/** What differs from node to node, by name: module, path, kernel release, sizes. */
export type Params = Readonly<Record<string, string>>;

/** What went wrong, the same shape in the log, the termination message, events, the record and the fleet. */
export type Failure = {
  /** A stable word for the kind of failure, CODE_PATTERN. Nothing in it differs between nodes. */
  readonly code: string;
  /** What happened, to what, and why: without a full stop at its end. */
  readonly cause: string;
  /** What to do. Never empty. */
  readonly fix: string;
  /** At most MAX_PARAMS of MAX_PARAM_BYTES each. */
  readonly params: Params;
  /** A page about it, such as a runbook. */
  readonly link?: string;
};

/** Valid as the reason of a node condition and as a label's value (Kubernetes API conventions). */
export const CODE_PATTERN = /^[A-Z][A-Za-z0-9]{2,62}$/;
export const MAX_PARAMS = 8;
export const MAX_PARAM_BYTES = 256;

/** What the registry holds of one code. `P` is what its words need. */
export type Entry<P extends Params = never> = {
  /** One line for the list of `init explain`. */
  readonly title: string;
  /** What it means to an operator: whole sentences. */
  readonly meaning: string;
  /** What to do about it, independent of one node: whole sentences. */
  readonly remedy: string;
  /** Which script or part of the program reports it. */
  readonly reportedBy: string;
  readonly cause: (params: P) => string;
  readonly fix: (params: P) => string;
  /** Values for which `init explain` shows cause and fix. */
  readonly example: Params;
};

/** The entries of a topic, by code. */
export type Entries = Readonly<Record<string, Entry>>;

/** What the words of an entry need: its cause's parameters and its fix's. */
export type ParamsOf<Worded extends { readonly cause: unknown; readonly fix: unknown }> = FirstOf<
  Worded["cause"]
> &
  FirstOf<Worded["fix"]>;

type FirstOf<Words> = Words extends (params: infer P) => string
  ? unknown extends P
    ? unknown
    : P
  : unknown;

/** The failure with this code, in the words of its entry. */
export function failureOf<Topic extends Entries, Code extends keyof Topic & string>(
  topic: Topic,
  code: Code,
  params: ParamsOf<Topic[Code]>,
): Failure {
  const entry = topic[code] as unknown as Entry<Params>;
  const values = params as unknown as Params;
  const cause = entry.cause(values);
  return { code, cause, fix: entry.fix(values), params: boundedParams(values) };
}

/** Words that a cause or fix is made from, and what says where: no parameters of the failure itself. */
const WORDS: ReadonlySet<string> = new Set(["why", "advice", "afterlife", "what"]);

/** At most MAX_PARAMS, each cut to MAX_PARAM_BYTES on a character's boundary. */
export function boundedParams(params: Params): Params {
  const entries = Object.entries(params)
    .filter(([name, value]) => value !== undefined && value !== "" && !WORDS.has(name))
    .slice(0, MAX_PARAMS);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, cutUtf8(value, MAX_PARAM_BYTES)]),
  );
}
