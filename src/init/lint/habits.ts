/** What in a script works today and breaks at a reboot, at a second run, or for whoever reads the failure. */
import type { Settings } from "../discover/script.ts";

export type Habit = {
  readonly line: number;
  readonly cause: string;
  readonly fix: string;
};

type Line = { readonly line: number; readonly text: string };

/** @param text of a shell script */
export function habitsOf(text: string, settings: Settings): readonly Habit[] {
  const lines = codeOf(text);
  return [
    ...onceBesideState(lines, settings),
    ...withoutCause(lines, text),
    ...parsedChecks(lines),
    ...appendedAgain(lines, text),
  ].toSorted((a, b) => a.line - b.line);
}

/** Lines without comments; here-documents are data and stay out. */
function codeOf(text: string): readonly Line[] {
  let until: string | undefined;
  return text.split("\n").flatMap((raw, index) => {
    if (until !== undefined) {
      if (raw.trim() === until) until = undefined;
      return [];
    }
    until = /<<-?\s*["'\\]?(\w+)/.exec(raw)?.[1];
    const code = raw.replace(/(?:^|\s)#.*$/, "").trim();
    return code === "" ? [] : [{ line: index + 1, text: code }];
  });
}

const START = String.raw`(?:^|[;&|(!{]|\bthen\b|\bdo\b|\belse\b|\bsudo\b|\bexec\b|&&|\|\|)\s*`;

/** What a reboot takes away again. */
const LOST_FILE = /(?:>|\btee\b[^|;&]*)\s*["']?\/(?:sys|proc\/sys)\//;
const LOST = new RegExp(
  `${START}(modprobe|insmod|sysctl\\s+(?:-w|\\S+=)|mount(?=\\s+[^|\\s])|ip\\s+(?:link|route|rule|addr)|iptables|nft|swapoff|ethtool\\s+-[A-Z])\\b`,
);

function onceBesideState(lines: readonly Line[], { once }: Settings): readonly Habit[] {
  // A reboot has such a script run again.
  if (once === undefined || once === "per-boot") return [];
  const found = lines.find(
    ({ text }) =>
      LOST_FILE.test(text) ||
      (LOST.test(text) && !/\b(?:mount|modprobe)\s+-?-?(?:h|V|n|l)\b/.test(text)),
  );
  const command =
    found && (LOST.exec(found.text)?.[1]?.split(/\s/)[0] ?? "a write to /sys or /proc/sys");
  if (found === undefined || command === undefined) return [];
  return [
    {
      line: found.line,
      cause: `what ${command} does is lost at a reboot, and once=${once} does not do it again`,
      fix: "Write once=per-boot, or make it last (/etc/modules-load.d, /etc/sysctl.d, /etc/fstab of the host)",
    },
  ];
}

const EXIT = new RegExp(`${START}exit\\s+(?:[1-9]\\d*)\\b`);
const SAYS =
  />\s*&2|TERMINATION_MESSAGE_PATH|\bINIT\b|\becho\b|\bprintf\b|\blogger\b|\b(?:die|fail|error|err|fatal|abort|log\w*|warn)\b/;
const LOOK_BACK = 3;

/** `exit 1` with no word before it, and scripts that never report a cause and a fix. */
function withoutCause(lines: readonly Line[], text: string): readonly Habit[] {
  const silent = lines.flatMap(({ line, text: code }, index): readonly Habit[] => {
    if (!EXIT.test(code)) return [];
    const before = lines.slice(Math.max(0, index - LOOK_BACK), index + 1);
    if (before.some((one) => SAYS.test(one.text))) return [];
    const cause = "it exits without a message, so nobody knows why it failed";
    return [{ line, cause, fix: 'Write "$INIT" fail CAUSE FIX in its place' }];
  });
  const first = lines.find(({ text: code }) => EXIT.test(code));
  const reports = /TERMINATION_MESSAGE_PATH|\$\{?INIT\b/.test(text);
  if (silent.length > 0 || first === undefined || reports) return silent;
  const cause =
    "it reports no cause and fix when it fails; its last error is guessed from its output";
  return [{ line: first.line, cause, fix: 'Write "$INIT" fail CAUSE FIX before it exits' }];
}

const CHECKS: readonly (readonly [RegExp, string, string])[] = [
  [
    /\blsmod\b.*\|\s*(?:e?grep|awk)|\be?grep\b.*\/proc\/modules/,
    "lsmod misses modules that are built in",
    "module NAME",
  ],
  [
    /\bmodinfo\b/,
    "modinfo knows nothing of built-in modules without modules.builtin.modinfo",
    "module NAME",
  ],
  [
    /\bmount\b\s*\|\s*e?grep|\be?grep\b.*\/proc\/(?:self\/)?mounts/,
    "a path in a list of mounts matches parts of other paths",
    "mount PATH",
  ],
  [
    /\b(?:netstat|ss)\b.*\|\s*e?grep/,
    "a port in such a list matches parts of other ports",
    "port NUMBER",
  ],
];

function parsedChecks(lines: readonly Line[]): readonly Habit[] {
  return CHECKS.flatMap(([pattern, cause, check]): readonly Habit[] => {
    const found = lines.find(({ text }) => pattern.test(text));
    return found === undefined
      ? []
      : [{ line: found.line, cause, fix: `Use "$INIT" check ${check}` }];
  });
}

const APPEND =
  />>\s*["']?(\/(?:etc|proc\/1\/root\/etc|host\/etc)\/[^\s"';&|]+|"?\$\{?HOST_ROOT\}?"?\/etc\/[^\s"';&|]+)/;

/** A line that is appended to a file of the host at each run. */
function appendedAgain(lines: readonly Line[], text: string): readonly Habit[] {
  const found = lines.find(({ text: code }) => APPEND.test(code));
  if (found === undefined || /\bgrep\b/.test(text)) return [];
  const file = APPEND.exec(found.text)?.[1] ?? "";
  return [
    {
      line: found.line,
      cause: `each run appends to ${file} again`,
      fix: "Write a file of its own (/etc/….d/), or look with grep -q first",
    },
  ];
}
