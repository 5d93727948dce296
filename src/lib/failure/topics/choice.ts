import type { Entries } from "../failure.ts";

/** What --only, --skip and --warn ask for and the scripts directory does not allow. */
export const CHOICE = {
  NoScriptMatches: {
    title: "A flag names no script",
    meaning:
      "A glob of --only, --skip or --warn matches no script of the directory. With --only nothing runs; with --skip and --warn the run goes on as if the glob were not given.",
    remedy:
      "Correct the glob. `init plan` shows the names; another version of the image may have other names.",
    reportedBy: "init",
    cause: ({ flag, advice }: { flag: string; advice: string }) =>
      `${flag} matches no script${advice}`,
    fix: () => "Correct it; init plan -scripts=DIR shows the names of all scripts",
    example: { flag: "--skip=05-requirement", advice: " (did you mean 05-requirements?)" },
  },
  ScriptStrict: {
    title: "A script may not be skipped",
    meaning:
      "The script has the setting strict=yes: what comes after it relies on it. It runs, and its failure is a failure, whatever --only, --skip and --warn say.",
    remedy: "Remove it from the flag, or the variable, that names it.",
    reportedBy: "init",
    cause: ({ flag, name }: { flag: string; name: string }) =>
      `${flag} does not apply to ${name}: it has strict=yes`,
    fix: () => "Write a glob that does not match this script",
    example: { flag: "--skip=10-dbupgrade-v1v2", name: "10-dbupgrade-v1v2/dbupgrade.ts" },
  },
} as const satisfies Entries;
