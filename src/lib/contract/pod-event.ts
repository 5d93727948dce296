/** An event of the pod: what of it people and programs read. */
import type { Params } from "../failure/failure.ts";
import { withoutEscapes } from "../text/utf8.ts";

export type EventReason =
  | "ScriptFailed"
  | "ScriptTimedOut"
  | "ScriptWarning"
  | "ScriptStillRunning"
  | "NodePrepared"
  | "NodeUndone";

/** Whether an event is of a run that succeeded. */
export function isOfSuccess(reason: EventReason): boolean {
  return reason === "NodePrepared" || reason === "NodeUndone";
}

export type EventText = {
  /** What went wrong, without a full stop. */
  readonly cause: string;
  /** What to do about it, or empty. */
  readonly fix: string;
  /** The code of the failure; none where nothing failed. */
  readonly code?: string;
  readonly params?: Params;
  /** The script's last output; left out where there is no room or --event-output is none. */
  readonly output: string;
};

/** The API's own bound on an event's message (events.k8s.io/v1, `note`). */
export const MAX_MESSAGE_BYTES = 1024;

/** For programs, which need not read the message: the failure's code, and its parameters as JSON. */
export const CODE_ANNOTATION = "init.storageos.com/code";
export const PARAMS_ANNOTATION = "init.storageos.com/params";

export function annotationsOf({ code, params = {} }: EventText): Readonly<Record<string, string>> {
  if (code === undefined) return {};
  return { [CODE_ANNOTATION]: code, [PARAMS_ANNOTATION]: JSON.stringify(params) };
}

const LEAST_OUTPUT_BYTES = 32;
const OUTPUT_MARK = " Output: ";
const ELLIPSIS = "…";

/**
 * `<script>: <cause> (<code>). <fix>. Output: <last lines>` in at most MAX_MESSAGE_BYTES of UTF-8. Lines
 * are separated by ` | `, since an event is a row in `kubectl describe`. Cause and fix lose their end,
 * the output loses its beginning, and lines that only repeat cause or fix.
 */
export function eventMessage(script: string | undefined, text: EventText): string {
  const code = text.code === undefined ? "" : ` (${text.code})`;
  const said = script === undefined ? text.cause : `${script}: ${text.cause}`;
  const cause = `${oneLine(said)}${code}`;
  const statement = [cause, oneLine(text.fix)].filter((part) => part !== "").map(withFullStop);
  const head = keepStart(statement.join(" "), MAX_MESSAGE_BYTES);
  const output = withoutRepeats(linesOf(text.output), text).join(" | ");
  const room = MAX_MESSAGE_BYTES - Buffer.byteLength(head) - Buffer.byteLength(OUTPUT_MARK);
  if (output === "" || room < LEAST_OUTPUT_BYTES) return head;
  return `${head}${OUTPUT_MARK}${keepEnd(output, room)}`;
}

function withFullStop(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** A script usually prints what it leaves as cause and fix, perhaps behind `error:`. */
function withoutRepeats(lines: readonly string[], { cause, fix }: EventText): readonly string[] {
  const said = [...linesOf(cause), ...linesOf(fix)]
    .flatMap((line) => [line, line.replace(/[.!?]$/, "")])
    .toSorted((a, b) => b.length - a.length);
  return lines.filter((line) => {
    const rest = said.reduce((text, part) => text.replace(part, ""), line);
    return rest === line || !/^(?:[^\p{L}\p{N}]|\p{L}+:)*$/u.test(rest);
  });
}

function oneLine(text: string): string {
  return linesOf(text).join(" | ");
}

/** Colours and cursor movement out, then all control characters and those that turn text around. */
function linesOf(text: string): readonly string[] {
  return withoutEscapes(text.toWellFormed())
    .split(/[\n\r\v\f\u0085\u2028\u2029]+/)
    .map((line) => line.replace(/\t/g, " ").replace(UNPRINTABLE, "").trim())
    .filter((line) => line !== "");
}

const UNPRINTABLE = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

function keepStart(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const room = new Uint8Array(bytes - Buffer.byteLength(ELLIPSIS));
  const { read } = new TextEncoder().encodeInto(text, room);
  return `${text.slice(0, read)}${ELLIPSIS}`;
}

function keepEnd(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let start = encoded.length - bytes + Buffer.byteLength(ELLIPSIS);
  while (isContinuation(encoded[start])) start++;
  return `${ELLIPSIS}${encoded.toString("utf8", start)}`;
}

/** The second and later bytes of a character in UTF-8 (RFC 3629, section 3). */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
