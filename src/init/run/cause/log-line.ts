/** Log lines: who wrote them left a level and decoration around the message. */

export type Level = "error" | "warning" | "info";

export type LogLine = {
  /** The message, without time, level and logger. */
  readonly message: string;
  /** As the line's author gave it; undefined if the line has none. */
  readonly level: Level | undefined;
};

/** Words for levels, as loggers print them, in lower case. */
const LEVELS: Readonly<Record<Level, readonly string[]>> = {
  // zerolog and tint shorten to three letters, logrus to four, systemd and syslog have crit and emerg.
  error:
    "e err eror error erro errors fatal fata ftl f critical crit severe panic pani pnc alert emerg emergency failure".split(
      " ",
    ),
  warning: "w warn warning wrn warnings".split(" "),
  info: "i info inf information debug debu dbg d trace trac trc notice note n verbose ok".split(
    " ",
  ),
};

const LEVEL_OF: ReadonlyMap<string, Level> = new Map(
  Object.entries(LEVELS).flatMap(([level, words]) =>
    words.map((word) => [word, level as Level] as const),
  ),
);

/** sd-daemon(3): `<3>` before a line is its level, 3 and below an error. */
const SYSLOG = /^<([0-7])>/;

const TIMES = [
  // 2026-11-25 10:00:00,123 +0000, 2026/11/25 10:00:00, 2026-11-25T10:00:00Z, also in brackets
  /^[[(]?\d{4}[-/.]\d\d[-/.]\d\d(?:[T ]+\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|[+-]\d\d:?\d\d|UTC))?)?[\])]?/,
  // 10:00:00.123, 10:00AM
  /^[[(]?\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[AP]M)?[\])]?(?=[\s|:\]-])/,
  // Tue Nov 25 10:00:00 UTC 2026, Nov 25 10:00:00
  /^\[?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d\d? \d\d:\d\d:\d\d(?: [A-Z]{3,4})?(?: \d{4})?\]?/,
  // seconds since the start or the epoch, as multipath-tools have it: 1116.327899 |
  /^\d{3,10}\.\d{3,9}(?= [|:-] )/,
];

/** Between the parts of a line's decoration. */
const GAP = /^[\s:|\-–—>]{1,8}/;

/** `E1125 10:00:00.123456   12345 main.go:87] message`: the header of klog and glog. */
const KLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{1,9} +\d+ [^\]\s]{1,200}\] /;

/** A level word at the beginning of a line, in brackets, with a colon, or in capitals. */
const LEVEL =
  /^(?:[[(<{](?<bracketed>[A-Za-z]{1,11})[\])>}]:?|(?<word>[A-Za-z]{1,11})(?:\[(?:E?\d{1,6})\])?(?::(?=\s|$|\w[\w.]*:)| ?[|–—-](?=\s)|(?=\s)))/u;

/** npm's own levels: `npm error …`, `npm ERR! …` (npm/cli, lib/utils/display.js). */
const NPM = /^(?:npm|gyp|pnpm|yarn) (ERR!|error|WARN|warn|info|notice|verb|timing)(?: |$)/;

/** Marks for a result: which ones are failures and which are not. */
const BAD_MARK = /^(?:[✘✗✖❌×☒⛔✕]|\[[✘✗✖❌×xX!]\])\ufe0f?\s*/u;
const GOOD_MARK = /^(?:[✔✓✅☑]|\[[✔✓✅]\]|\[?(?:PASS(?:ED)?|OK)\]?(?=[\s:]))/u;
const WARN_MARK = /^(?:[⚠]\ufe0f?|\[⚠\]|\(!\))\s*/u;

/** What a line says without its decoration, and the level that its author gave it. */
export function readLogLine(text: string): LogLine {
  const structured = readKlog(text) ?? readJson(text) ?? readLogfmt(text);
  if (structured !== undefined) return structured;
  let rest = text;
  let level: Level | undefined;
  const syslog = SYSLOG.exec(rest);
  if (syslog !== null) {
    level = Number(syslog[1]) <= 3 ? "error" : Number(syslog[1]) === 4 ? "warning" : "info";
    rest = rest.slice(3);
  }
  rest = withoutTimes(rest);
  const npm = NPM.exec(rest);
  if (npm !== null) {
    const word = npm[1] ?? "";
    const message = rest.slice(npm[0].length);
    if (/^err/i.test(word)) return { message, level: "error" };
    return { message, level: /^warn/i.test(word) ? "warning" : "info" };
  }
  if (GOOD_MARK.test(rest)) return { message: rest, level: "info" };
  if (WARN_MARK.test(rest)) return { message: rest.replace(WARN_MARK, ""), level: "warning" };
  if (BAD_MARK.test(rest)) return readLogLineAfterMark(rest.replace(BAD_MARK, ""));
  const marked = withoutLevel(rest);
  if (marked === undefined) return { message: rest, level };
  const inner = withoutTimes(marked.message);
  return { message: inner, level: marked.level };
}

function readLogLineAfterMark(rest: string): LogLine {
  const inner = withoutLevel(rest);
  return { message: inner?.message ?? rest, level: "error" };
}

function withoutTimes(text: string): string {
  for (const time of TIMES) {
    const found = time.exec(text);
    if (found !== null) return text.slice(found[0].length).replace(GAP, "");
  }
  return text;
}

/** The level at the beginning, perhaps behind a thread or a process in brackets: `[main] ERROR x`. */
function withoutLevel(text: string): LogLine | undefined {
  const direct = levelAt(text);
  if (direct !== undefined) return direct;
  const bracket = /^\[[^\]]{1,60}\]:? ?/.exec(text);
  return bracket === null ? undefined : levelAt(text.slice(bracket[0].length));
}

function levelAt(text: string): LogLine | undefined {
  const found = LEVEL.exec(text);
  const word = found?.groups?.["word"];
  const name = word ?? found?.groups?.["bracketed"] ?? "";
  const level = LEVEL_OF.get(name.toLowerCase());
  if (found === null || level === undefined) return undefined;
  const separator = text.slice(found[0].length);
  // `error` without a colon is a word of the sentence; `ERROR` and `ERR` are levels.
  const hasMark = word === undefined || /[:|–—\]-]$/u.test(found[0]);
  if (!hasMark && name !== name.toUpperCase()) return undefined;
  if (name.length === 1 && !found[0].endsWith(":") && word !== undefined) return undefined;
  // Python's basicConfig: ERROR:root:message
  const logger = found[0].endsWith(":") ? separator.replace(/^[\w.]{1,60}:(?=\S)/, "") : separator;
  return { message: logger.replace(GAP, ""), level };
}

function readKlog(text: string): LogLine | undefined {
  const header = KLOG.exec(text);
  if (header === null) return undefined;
  const letter = header[1] ?? "";
  const level = letter === "I" ? "info" : letter === "W" ? "warning" : "error";
  const message = text.slice(header[0].length);
  // Structured klog (k8s.io/klog/v2, InfoS): "message" key="value" err="…"
  const quoted = /^"((?:[^"\\]|\\.){0,900})"/.exec(message)?.[1];
  const error = fieldsOf(message).get("err");
  if (quoted === undefined) return { message, level };
  return { message: join(unescape(quoted), error), level };
}

const MESSAGE_KEYS = ["msg", "message", "event", "@m", "text"];
const ERROR_KEYS = ["error", "err", "errmsg", "reason", "exception", "cause", "stderr"];
const LEVEL_KEYS = ["level", "lvl", "severity", "log.level", "levelname", "@l", "loglevel"];

/** pino (getpino.io/#/docs/api?id=loggerlevels) and bunyan have numbers for levels. */
const PINO_ERROR = 50;
const PINO_WARNING = 40;

function readJson(text: string): LogLine | undefined {
  const start = text.indexOf("{");
  // Also behind a time or a name, as `zap`'s console has it, but not in the middle of a sentence.
  if (start !== 0 || !text.includes('"')) return undefined;
  const fields = parseFields(text);
  const message = firstOf(fields, MESSAGE_KEYS);
  const level = firstOf(fields, LEVEL_KEYS);
  if (message === undefined && level === undefined) return undefined;
  return { message: join(message ?? "", firstOf(fields, ERROR_KEYS)), level: levelOf(level) };
}

/** The texts and numbers of an object; of one that was cut, those that are whole. */
function parseFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const pairs = /"([\w.@-]{1,40})" ?: ?(?:"((?:[^"\\]|\\.){0,900})"|(-?\d{1,18}))/g;
  for (const [, key = "", value, number] of text.matchAll(pairs)) {
    if (!fields.has(key)) fields.set(key, value === undefined ? (number ?? "") : unescape(value));
  }
  return fields;
}

function readLogfmt(text: string): LogLine | undefined {
  if (!text.includes("level=") && !text.includes("lvl=")) return undefined;
  const fields = fieldsOf(text);
  const level = firstOf(fields, LEVEL_KEYS);
  const message = firstOf(fields, MESSAGE_KEYS);
  if (level === undefined || message === undefined) return undefined;
  return { message: join(message, firstOf(fields, ERROR_KEYS)), level: levelOf(level) };
}

/** The fields of a logfmt line: `key=value key="value"`. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const pairs = /(?:^|\s)([\w.@-]{1,40})=(?:"((?:[^"\\]|\\.){0,900})"|([^\s"]{1,300}))/g;
  for (const [, key = "", quoted, plain] of text.matchAll(pairs)) {
    fields.set(key, quoted === undefined ? (plain ?? "") : unescape(quoted));
  }
  return fields;
}

function firstOf(fields: ReadonlyMap<string, string>, keys: readonly string[]): string | undefined {
  const key = keys.find((candidate) => (fields.get(candidate) ?? "") !== "");
  return key === undefined ? undefined : fields.get(key);
}

function levelOf(name: string | undefined): Level | undefined {
  if (name === undefined) return undefined;
  if (!/^\d+$/.test(name)) return LEVEL_OF.get(name.toLowerCase());
  return Number(name) >= PINO_ERROR ? "error" : Number(name) >= PINO_WARNING ? "warning" : "info";
}

/** Message and error as one sentence, unless one has the other in it. */
function join(message: string, error: string | undefined): string {
  if (error === undefined || error === "" || message.includes(error)) return message;
  return message === "" || error.includes(message) ? error : `${message}: ${error}`;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) => (character === "n" ? " " : character));
}
