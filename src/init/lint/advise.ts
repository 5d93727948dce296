import { readHead } from "../discover/files.ts";
import type { Script } from "../discover/script.ts";
import { commentsLikeSettings } from "../discover/settings.ts";
import { showName } from "../../lib/text/show.ts";

/** What an author may have meant otherwise; nothing keeps the script from running. */
export type Advice = {
  /** `path` or `path:line`, below the scripts directory. */
  readonly place: string;
  readonly cause: string;
  readonly fix: string;
};

/** More of a script is not looked at. */
const READ_BYTES = 1024 * 1024;
/** Settings are in the beginning of a script. */
const HEAD_CHARS = 4096;

type Read = { readonly script: Script; readonly text: string };

/** Looks for what breaks later: for lint, which may take its time. */
export function adviseOn(scripts: readonly Script[]): readonly Advice[] {
  const read = scripts.map((script): Read => {
    const head = readHead(script.path, READ_BYTES);
    return { script, text: head.ok ? head.value.toString() : "" };
  });
  return read.flatMap((one) => [...comments(one), ...sourced(one, read)]);
}

function comments({ script, text }: Read): readonly Advice[] {
  return commentsLikeSettings(text.slice(0, HEAD_CHARS)).map((line) => ({
    place: `${showName(script.name)}:${line}`,
    cause: "a comment, since it has no setting",
    fix: "Write key=value for a setting, or begin the comment with another word",
  }));
}

/** `. path/name` and `source path/name` (bash(1)); what is in quotes may hold variables. */
function sourced({ script }: Read, all: readonly Read[]): readonly Advice[] {
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
      place: showName(script.name),
      cause: `${showName(user.script.name)} sources it, and it would run as a script, too`,
      fix: "Write # init: kind=library into it",
    },
  ];
}
