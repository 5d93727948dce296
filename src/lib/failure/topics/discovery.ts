import type { Entries } from "../failure.ts";

/** What is wrong before the first script starts: the scripts directory, settings, the node image. */
export const DISCOVERY = {
  NothingRun: {
    title: "Nothing was run",
    meaning:
      "init checks every script before it starts the first one. It found problems, and so no script ran.",
    remedy: "Fix each problem that the log lists; `init lint` lists them, too.",
    reportedBy: "init",
    cause: ({ problems }: { problems: string }) => `nothing was run: ${problems} found`,
    fix: () => "Fix every problem that the log lists. init lint -scripts=DIR lists them, too",
    example: { problems: "2 problems" },
  },
  NoScripts: {
    title: "The scripts directory holds no scripts",
    meaning:
      "The directory is empty, or nothing in it is a script. Usually a volume is not mounted.",
    remedy: "Mount the scripts, or correct -scripts.",
    reportedBy: "init",
    cause: ({ directory, others }: { directory: string; others: string }) =>
      `no scripts in ${directory}: ${others}`,
    fix: () => "Check that the scripts are mounted there, or correct -scripts",
    example: { directory: "/scripts", others: "it is empty" },
  },
  ScriptUnusable: {
    title: "A script cannot be run as it is",
    meaning: "Its mode, its shebang or its interpreter keeps the kernel from running it.",
    remedy: "Fix what the message names. `init plan` shows what init would run.",
    reportedBy: "init",
    cause: ({ place, what }: { place: string; what: string }) => `cannot run ${place}: ${what}`,
    fix: () => "Fix the script, or take it out of the scripts directory",
    example: { place: "/scripts/10-a", what: "it is not executable (mode 0644)" },
  },
  SettingsInvalid: {
    title: "The settings of a script are invalid",
    meaning: "A comment line `# init: …` at the head of a script holds an unknown key or value.",
    remedy: "Correct the line. docs/scripts.md lists the settings.",
    reportedBy: "init",
    cause: ({ place, what }: { place: string; what: string }) =>
      `cannot read settings of ${place}: ${what}`,
    fix: () => "Correct the line. The page docs/scripts.md lists all settings",
    example: { place: "/scripts/10-a:2", what: 'unknown setting "tiemout"' },
  },
  NodeVersionUnknown: {
    title: "The version that a script's settings ask for is unknown",
    meaning:
      "The script runs only for some versions of the node image (`node-image=…`), and the version of this node is not known.",
    remedy:
      "Give the node image with -nodeImage or NODE_IMAGE, or its version with --node-version.",
    reportedBy: "init",
    cause: (p: { script: string; range: string; why: string }) =>
      `cannot decide whether ${p.script} is for this node (node-image=${p.range}): ${p.why}`,
    fix: () =>
      "Give the node image with -nodeImage (NODE_IMAGE), or its version with --node-version (STORAGEOS_INIT_NODE_VERSION)",
    example: { script: "/scripts/10-a", range: ">=1.4.0", why: "the node image is unknown" },
  },
  NodeImageUnknown: {
    title: "The node image cannot be found out",
    meaning: "A script needs the node image, and neither a flag nor the Kubernetes API gives it.",
    remedy:
      "Give the node image with -nodeImage or NODE_IMAGE, or let the pod read it from the API.",
    reportedBy: "init",
    cause: ({ why }: { why: string }) => why,
    fix: () => "Give the image with -nodeImage (NODE_IMAGE), or fix what keeps init from the API",
    example: { why: "cannot look up the node image: GET …: 403 Forbidden" },
  },
} as const satisfies Entries;
