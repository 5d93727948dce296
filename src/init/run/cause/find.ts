/** Which of the lines are the cause. */
import type { Classified } from "./classify.ts";
import { needsReason } from "./words.ts";

/** Indices into the lines. */
export type Found = {
  /** The error; of a list of results all that failed. */
  readonly main: readonly [number, ...number[]];
  /** The error that led to it, where the main one does not say why. */
  readonly reason: number | undefined;
};

/**
 * The last error, but before what only followed from it: a pipe's first, a child's before the
 * complaint of what started it. "The first error" would be wrong: scripts go on after harmless ones.
 */
export function findError(lines: readonly Classified[]): Found | undefined {
  const last = lines.findLastIndex(isErrorLike);
  if (last < 0) return undefined;
  return resolve(rivalOf(last, lines) ?? last, lines);
}

/** Whether a line tells of an error, or of what followed from one. */
export function isErrorLike({ meaning }: Classified): boolean {
  return (
    meaning === "error" || meaning === "failed" || meaning === "total" || meaning === "consequence"
  );
}

/** In the other stream an error whose author called it one, where it is not known which was last. */
function rivalOf(index: number, lines: readonly Classified[]): number | undefined {
  const line = lines[index];
  if (line === undefined || line.level === "error" || line.meaning === "failed") return undefined;
  const rival = lines.findLastIndex(
    (other) => other.stream !== line.stream && other.read === line.read && isErrorLike(other),
  );
  const { level, meaning } = lines[rival] ?? {};
  return level === "error" || meaning === "failed" || meaning === "total" ? rival : undefined;
}

function resolve(index: number, lines: readonly Classified[]): Found {
  const line = lines[index];
  if (line?.meaning === "failed" || line?.meaning === "total") return failedItems(index, lines);
  if (line?.meaning === "consequence") {
    const earlier = errorBefore(index, lines);
    if (earlier !== undefined) return resolve(earlier, lines);
  }
  return { main: [index], reason: reasonOf(index, lines) };
}

function failedItems(index: number, lines: readonly Classified[]): Found {
  const items = lines.flatMap(({ meaning }, at) => (meaning === "failed" ? [at] : []));
  const [first, ...others] = items;
  if (first !== undefined) return { main: [first, ...others], reason: undefined };
  const earlier = errorBefore(index, lines);
  return earlier === undefined ? { main: [index], reason: undefined } : resolve(earlier, lines);
}

/** The error below an exception, or an error right before a line that does not say why. */
function reasonOf(index: number, lines: readonly Classified[]): number | undefined {
  const line = lines[index];
  if (line === undefined) return undefined;
  const root = lines.findLastIndex(
    ({ meaning, stream }, at) => at > index && meaning === "root" && stream === line.stream,
  );
  if (root >= 0) return root;
  if (!needsReason(line.message) || hasMore(index, lines)) return undefined;
  const earlier = errorBefore(index, lines);
  const reason = earlier === undefined ? undefined : lines[earlier];
  return reason?.meaning === "error" && !needsReason(reason.message) ? earlier : undefined;
}

/** Whether the lines below belong to a line. */
function hasMore(index: number, lines: readonly Classified[]): boolean {
  const stream = lines[index]?.stream;
  return lines.find((line, at) => at > index && line.stream === stream)?.meaning === "more";
}

/** The error right before a line in its stream, or else the last one before it in the other. */
function errorBefore(index: number, lines: readonly Classified[]): number | undefined {
  const stream = lines[index]?.stream;
  for (let at = index - 1; at >= 0; at--) {
    const line = lines[at];
    if (line === undefined || line.stream !== stream) continue;
    if (isErrorLike(line)) return at;
    if (line.meaning === "plain" || line.meaning === "success") break;
  }
  const other = lines.findLastIndex(
    (line, at) => line.stream !== stream && at < index && isErrorLike(line),
  );
  return other < 0 ? undefined : other;
}
