import { failureOf, type Failure } from "../../lib/failure/failure.ts";
import { CHOICE } from "../../lib/failure/topics/choice.ts";
import { DISCOVERY } from "../../lib/failure/topics/discovery.ts";
import { didYouMean } from "../../lib/text/closest.ts";
import { showName } from "../../lib/text/show.ts";
import type { Script } from "../discover/script.ts";

/** Globs over script names: --only, --skip and --warn. */
export type Globs = {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly warn: readonly string[];
};

/** The scripts of a directory, as the user of this run wants them. */
export type Chosen = {
  /** All of them; those of --warn with on-failure=warn. */
  readonly scripts: readonly Script[];
  /** Which of them do not run, by name, and the flag that says so. */
  readonly skips: ReadonlyMap<string, string>;
  /** What a glob did not do. A run goes on: a new image may have renamed a script. */
  readonly remarks: readonly Failure[];
  /** What keeps the run from its start: a glob of --only without a script, or nothing is left to run. */
  readonly refusal: Failure | undefined;
};

/** Decides what the user's globs mean for the scripts. One with strict=yes runs as if there were none. */
export function choose(scripts: readonly Script[], globs: Globs): Chosen {
  const { only, skip, warn } = globs;
  const skips = new Map<string, string>();
  for (const script of scripts) {
    const reason = script.settings.isStrict ? undefined : reasonOf(script, globs);
    if (reason !== undefined) skips.set(script.name, reason);
  }
  const remarks = [...remarksOn("--skip", skip, scripts), ...remarksOn("--warn", warn, scripts)];
  const wrong = only.find((glob) => !scripts.some((script) => isMatch(glob, script)));
  return {
    scripts: warn.length === 0 ? scripts : scripts.map((script) => downgraded(script, warn)),
    skips,
    remarks,
    refusal:
      wrong === undefined ? refusalOf(scripts, skips) : matchesNothing("--only", wrong, scripts),
  };
}

/** Whether the reason of a skipped script is a choice of the user, and with which flag. */
export function flagOfReason(reason: string | undefined): "--skip" | "--only" | undefined {
  return (["--skip", "--only"] as const).find((flag) => reason?.startsWith(`${flag}=`));
}

function reasonOf(script: Script, { only, skip }: Globs): string | undefined {
  const skipped = skip.find((glob) => isMatch(glob, script));
  if (skipped !== undefined) return `--skip=${skipped}`;
  if (only.length === 0 || only.some((glob) => isMatch(glob, script))) return undefined;
  return `--only=${only.join(",")}`;
}

function downgraded(script: Script, warn: readonly string[]): Script {
  const { settings } = script;
  if (settings.isStrict || !warn.some((glob) => isMatch(glob, script))) return script;
  return { ...script, settings: { ...settings, onFailure: "warn" } };
}

function remarksOn(
  flag: string,
  globs: readonly string[],
  scripts: readonly Script[],
): readonly Failure[] {
  return globs.flatMap((glob) => {
    const matches = scripts.filter((script) => isMatch(glob, script));
    if (matches.length === 0) return [matchesNothing(flag, glob, scripts)];
    return matches
      .filter(({ settings }) => settings.isStrict)
      .map(({ name }) => failureOf(CHOICE, "ScriptStrict", { flag: `${flag}=${glob}`, name }));
  });
}

function matchesNothing(flag: string, glob: string, scripts: readonly Script[]): Failure {
  const known = new Set(scripts.flatMap(({ name }) => namesOf(name)));
  const advice = didYouMean(glob, [...known]);
  return failureOf(CHOICE, "NoScriptMatches", { flag: `${flag}=${glob}`, advice });
}

function refusalOf(
  scripts: readonly Script[],
  skips: ReadonlyMap<string, string>,
): Failure | undefined {
  if (skips.size === 0 || skips.size < scripts.length) return undefined;
  const flags = [...new Set(skips.values())].join(" ");
  return failureOf(DISCOVERY, "NothingRun", { problems: "", flags });
}

/** A glob is for a script's name, its name without the extension, and each directory that it is in. */
function isMatch(glob: string, { name }: Script): boolean {
  const pattern = patternOf(glob);
  return namesOf(name).some((candidate) => pattern.test(candidate));
}

function namesOf(name: string): readonly string[] {
  const parts = name.split("/");
  const directories = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
  return [name, name.replace(/\.[^./]+$/, ""), ...directories].map(showName);
}

/** `*` and `?` stop at a slash, `**` does not; everything else is literal. */
function patternOf(glob: string): RegExp {
  const body = glob
    .replace(/\/$/, "")
    .replaceAll(/\*\*|\*|\?|[^*?]+/g, (part) => WILDCARDS[part] ?? literal(part));
  return new RegExp(`^${body}$`, "s");
}

const WILDCARDS: Readonly<Record<string, string>> = { "**": ".*", "*": "[^/]*", "?": "[^/]" };

function literal(text: string): string {
  return text.replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`);
}
