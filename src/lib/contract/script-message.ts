/**
 * What a script leaves in the file that TERMINATION_MESSAGE_PATH names, for whoever reports it:
 * plain lines (the cause, then what to do), or failures as JSON objects, one on each line.
 */
import { boundedParams, CODE_PATTERN, type Params } from "../failure/failure.ts";
import { joinSentences } from "../text/show.ts";
import { plainLine, shortenUtf8 } from "../text/utf8.ts";

const MAX_FAILURES = 32;
const MAX_CAUSE_BYTES = 600;
const MAX_PLAIN_BYTES = 1200;
const MAX_LINK_BYTES = 512;

/** A failure that a script gives; without a code it has its words only, and perhaps no fix. */
export type GivenFailure = {
  readonly code: string | undefined;
  readonly cause: string;
  readonly fix: string;
  readonly params: Params;
  readonly link?: string;
  readonly isWarning: boolean;
};

export type ScriptMessage = {
  readonly failures: readonly GivenFailure[];
  /** What is wrong with the message itself: it was read as plain text. */
  readonly remarks: readonly string[];
};

/** One line of the message: the failure as JSON. */
export function formatGivenFailure({ isWarning, ...failure }: GivenFailure): string {
  return `${JSON.stringify(isWarning ? { ...failure, severity: "warning" } : failure)}\n`;
}

/** What a script left in a dry run: what it would change, a plain line each, and its warnings as JSON. */
export type DryRunMessage = ScriptMessage & { readonly changes: readonly string[] };

const MAX_CHANGE_BYTES = 300;

/** Reads what a script left that passed in a dry run. */
export function readDryRunMessage(text: string): DryRunMessage {
  const { failures, remarks, plain } = readLines(text);
  const changes = plain.map((line) => shortenUtf8(line, MAX_CHANGE_BYTES)).slice(0, MAX_FAILURES);
  return { failures: failures.slice(0, MAX_FAILURES), remarks, changes };
}

/** Reads what a script left; never fails, and never loses words. */
export function readScriptMessage(text: string): ScriptMessage {
  const { failures, remarks, plain } = readLines(text);
  const words = failureOfWords(plain);
  const all = words === undefined ? failures : [...failures, words];
  return { failures: all.slice(0, MAX_FAILURES), remarks };
}

function readLines(text: string): ScriptMessage & { readonly plain: readonly string[] } {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const failures: GivenFailure[] = [];
  const remarks: string[] = [];
  const plain: string[] = [];
  for (const line of lines) {
    const read = line.trimStart().startsWith("{") ? readObject(line) : undefined;
    if (read === undefined) {
      plain.push(plainLine(line));
    } else if (typeof read === "string") {
      remarks.push(read);
      plain.push(plainLine(line));
    } else {
      if (read.remark !== undefined) remarks.push(read.remark);
      failures.push(read.failure);
    }
  }
  return { failures, remarks: remarks.slice(0, MAX_FAILURES), plain: plain.filter(Boolean) };
}

/** The first line is the cause, the others are what to do. */
function failureOfWords([cause, ...fix]: readonly string[]): GivenFailure | undefined {
  if (cause === undefined) return undefined;
  return {
    code: undefined,
    cause: shortenUtf8(cause, fix.length === 0 ? MAX_PLAIN_BYTES : MAX_CAUSE_BYTES),
    fix: shortenUtf8(joinSentences(...fix), MAX_CAUSE_BYTES),
    params: {},
    isWarning: false,
  };
}

type Read = { readonly failure: GivenFailure; readonly remark: string | undefined };

/** A failure, or why the line is not one. */
function readObject(line: string): Read | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "the termination message of the script begins like JSON and is not";
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const cause = textAt(fields, "cause", MAX_CAUSE_BYTES);
  if (cause === "") return 'the termination message of the script has no "cause"';
  const code = fields["code"];
  const isCode = typeof code === "string" && CODE_PATTERN.test(code);
  const link = textAt(fields, "link", MAX_LINK_BYTES);
  return {
    failure: {
      code: isCode ? code : undefined,
      cause,
      fix: textAt(fields, "fix", MAX_CAUSE_BYTES),
      params: paramsOf(fields["params"]),
      ...(/^https?:\/\//.test(link) ? { link } : {}),
      isWarning: fields["severity"] === "warning",
    },
    remark:
      isCode || code === undefined
        ? undefined
        : `${JSON.stringify(code)} is not a code: it must match ${CODE_PATTERN.source}`,
  };
}

function textAt(fields: Readonly<Record<string, unknown>>, key: string, limit: number): string {
  const value = fields[key];
  return typeof value === "string" ? shortenUtf8(plainLine(value), limit) : "";
}

function paramsOf(value: unknown): Params {
  if (typeof value !== "object" || value === null) return {};
  const texts = Object.entries(value)
    .filter(([name]) => /^[A-Za-z][\w-]{0,62}$/.test(name))
    .flatMap(([name, text]) =>
      typeof text === "string" || typeof text === "number"
        ? [[name, plainLine(String(text))] as const]
        : [],
    );
  return boundedParams(Object.fromEntries(texts));
}
