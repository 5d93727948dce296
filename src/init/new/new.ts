import { closeSync, constants, fchmodSync, openSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import { EXIT } from "../../lib/exit-status.ts";
import { print } from "../../lib/print.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { codeOf } from "../../lib/text/error.ts";
import { showName } from "../../lib/text/show.ts";
import { DATA_NAME } from "../discover/data.ts";
import { reasonToSkip } from "../discover/discover.ts";
import { langOf, scriptText, type Kind, type Lang } from "./templates.ts";

export type NewConfig = { readonly lang: Lang | undefined; readonly kind: Kind };

/** `init new`: begins a script at this path, which does not exist yet; returns the exit status. */
export function createScript(path: string, { lang, kind }: NewConfig): number {
  const name = basename(path);
  const unfit = unfitName(name);
  if (unfit !== undefined) return refuse(path, unfit, EXIT.usage);
  const text = scriptText(name, kind, lang ?? langOf(name) ?? "sh");
  const created = create(path, text);
  if (!created.ok) return refuse(path, created.error, EXIT.cannot);
  print(1, nextSteps(path, kind));
  return EXIT.success;
}

/** Its name is part of the text, and it has to be one that init runs. */
function unfitName(name: string): string | undefined {
  const skipped = reasonToSkip(name) ?? (DATA_NAME.test(name) ? "data" : undefined);
  if (skipped !== undefined)
    return `init ignores files of this name (${skipped}); call it ${suggestion(name)}`;
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return undefined;
  return "a name has letters, digits, dots, dashes and underscores, at most 100, such as 20-map-count";
}

/** Neither a file nor a link that stands there is touched. */
function create(path: string, text: string): Result<void, string> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o755);
    writeSync(fd, text);
    // Not what a umask leaves of it: one script that is not executable keeps all from running.
    fchmodSync(fd, 0o755);
    closeSync(fd);
    return ok(undefined);
  } catch (error) {
    return fail(whyNot(error, path));
  }
}

function whyNot(error: unknown, path: string): string {
  const directory = showName(dirname(path));
  switch (codeOf(error)) {
    case "EEXIST":
      return "it exists, and is left as it is; give another name, or remove it first";
    case "ENOENT":
      return `there is no directory ${directory}; create it with "mkdir -p ${directory}"`;
    case "EISDIR":
      return "it is a directory; give the name of a file in it";
    case "ENOTDIR":
      return `${directory} is not a directory`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `${directory} cannot be written (${codeOf(error)}); give a path in a directory that you can write`;
    default:
      return (error as Error).message;
  }
}

function nextSteps(path: string, kind: Kind): string {
  const shown = showName(path);
  const directory = showName(dirname(path));
  const tryIt =
    kind === "check"
      ? `init -scripts=${directory}            runs it: a check changes nothing`
      : `init -scripts=${directory} --dry-run  shows what it would change`;
  return `wrote ${shown}: a ${kind} to edit; then
  init lint -scripts=${directory}       shows what is wrong with it
  ${tryIt}
`;
}

function refuse(path: string, why: string, status: number): number {
  print(2, `init: cannot create ${showName(path)}: ${why}\n`);
  return status;
}

function suggestion(name: string): string {
  const stem = name.replaceAll(/^[^A-Za-z0-9]+|\..*$/g, "");
  if (stem === "") return "10-name";
  return /^\d/.test(stem) ? stem : `10-${stem}`;
}
