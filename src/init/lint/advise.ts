import { readHead } from "../discover/files.ts";
import type { Script } from "../discover/script.ts";
import { commentsLikeSettings } from "../discover/settings.ts";
import { showName } from "../../lib/text/show.ts";
import type { Finding } from "./finding.ts";
import { habitsOf } from "./habits.ts";
import { isForShellcheck, runShellcheck } from "./shellcheck.ts";

/** More of a script is not looked at. */
const READ_BYTES = 1024 * 1024;
/** Settings are in the beginning of a script. */
const HEAD_CHARS = 4096;

const WARNING = { level: "warning", code: undefined } as const;

type Read = { readonly script: Script; readonly text: string };

/**
 * Looks for what breaks later, and for what an author may have meant otherwise: for lint, which may take
 * its time.
 * @param searchPath where shellcheck may be
 */
export function adviseOn(scripts: readonly Script[], searchPath: string): readonly Finding[] {
  const read = scripts.map((script): Read => {
    const head = readHead(script.path, READ_BYTES);
    return { script, text: head.ok ? head.value.toString() : "" };
  });
  const forShell = read.filter(({ text }) => isForShellcheck(text));
  return [
    ...read.flatMap((one) => [
      ...comments(one),
      ...unquoted(one),
      ...(forShell.includes(one) ? habits(one) : []),
      ...sourced(one, read),
    ]),
    ...runShellcheck(
      forShell.map(({ script }) => script.path),
      searchPath,
    ),
  ];
}

function comments({ script, text }: Read): readonly Finding[] {
  return commentsLikeSettings(text.slice(0, HEAD_CHARS)).map((line) => ({
    ...WARNING,
    path: script.path,
    line,
    cause: "a comment, since it has no setting",
    fix: "Write key=value for a setting, or begin the comment with another word",
  }));
}

function habits({ script, text }: Read): readonly Finding[] {
  return habitsOf(text, script.settings).map((habit) => ({
    ...WARNING,
    path: script.path,
    ...habit,
  }));
}

/** A range without quotes ends at its first space, and the rest is an error or is lost. */
function unquoted({ script, text }: Read): readonly Finding[] {
  return text
    .slice(0, HEAD_CHARS)
    .split("\n")
    .flatMap((line, index) => {
      const value = /^\s*(?:#|\/\/)\s*init:.*\bnode-image=([<>^~][^\s"']*)/.exec(line)?.[1];
      if (value === undefined) return [];
      const cause = `the range ${value} has no quotes: a space in it would end it`;
      return [
        {
          ...WARNING,
          path: script.path,
          line: index + 1,
          cause,
          fix: `Write node-image="${value}"`,
        },
      ];
    });
}

/** `. path/name` and `source path/name` (bash(1)); what is in quotes may hold variables. */
function sourced({ script }: Read, all: readonly Read[]): readonly Finding[] {
  const name = script.name.slice(script.name.lastIndexOf("/") + 1);
  const word = name.replaceAll(/[^\w]/g, "\\$&");
  const pattern = new RegExp(
    `(?:^|[;&|({]|\\bthen|\\bdo)[ \\t]*(?:\\.|source)[ \\t][^\\n;#]*(?<![\\w.-])${word}(?![\\w-])`,
    "m",
  );
  const user = all.find((other) => other.script !== script && pattern.test(other.text));
  if (user === undefined) return [];
  return [
    {
      ...WARNING,
      path: script.path,
      line: undefined,
      cause: `${showName(user.script.name)} sources it, and it would run as a script, too`,
      fix: "Write # init: kind=library into it",
    },
  ];
}
