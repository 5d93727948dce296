import type { Entries } from "../failure.ts";

/** `path`, or `path:line`. */
type Place = { readonly place: string };

type Words = (words: string) => string;

const BEGIN = "Begin the file with #!/bin/sh or another interpreter";

const SHEBANG_FAULTS = {
  none: { cause: () => "it has no shebang", fix: () => BEGIN },
  "empty-file": { cause: () => "it is empty", fix: () => `${BEGIN}, or remove it` },
  "no-interpreter": { cause: () => "its shebang names no interpreter", fix: () => BEGIN },
  relative: {
    cause: (words) => `its interpreter "${words}" is not an absolute path`,
    fix: (words) => `Write #!/usr/bin/env ${words}`,
  },
  "env-alone": {
    cause: () => "its shebang runs env without a command",
    fix: () => "Write #!/usr/bin/env sh",
  },
  "env-words": {
    cause: (words) => `the kernel passes "${words}" to env as one argument`,
    fix: (words) => `Write #!/usr/bin/env -S ${words}`,
  },
} as const satisfies Readonly<Record<string, { readonly cause: Words; readonly fix: Words }>>;

/** What is wrong before the first script starts: the scripts directory, settings, the node image. */
export const DISCOVERY = {
  NothingRun: {
    title: "Nothing was run",
    meaning:
      "init checks every script before it starts the first one. It found problems, or --only and --skip leave no script, and so none ran.",
    remedy:
      "Fix each problem that the log lists; `init lint` lists them, too. If flags leave no script, remove some.",
    reportedBy: "init",
    cause: ({ problems, flags }: { problems: string; flags: string }) =>
      `nothing was run: ${flags === "" ? `${problems} found` : `every script is skipped by ${flags}`}`,
    fix: ({ flags }: { flags: string }) =>
      flags === ""
        ? "Fix every problem that the log lists. init lint -scripts=DIR lists them, too"
        : `Remove ${flags}, or what sets it, so that a script is left`,
    example: { problems: "2 problems", flags: "" },
  },
  CommandLineUnusable: {
    title: "A flag or a variable cannot be used",
    meaning:
      "A flag in the container's args, or a variable STORAGEOS_INIT_*, has a name or a value that init does not know. Nothing was run.",
    remedy: "Correct it in the manifest, the chart's values or the ConfigMap that sets it.",
    reportedBy: "init",
    cause: ({ text }: { text: string }) => text,
    fix: () =>
      "Correct the flag in the container's args, or the variable in its environment; init --help lists them all",
    example: {
      text: 'cannot use --timeout=x: "x" is not a duration: write it as 30s, 5m or 1h30m',
    },
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
  ScriptNotExecutable: {
    title: "A script is not executable",
    meaning: "The mode of the file has no execute bit, or its file system is mounted noexec.",
    remedy:
      "chmod +x the file. For a ConfigMap set defaultMode: 0755 on its volume, also where single files are mounted by subPath. Write `# init: kind=library` into a file that scripts source. Files without a shebang are data, and are ignored.",
    reportedBy: "init",
    cause: ({
      place,
      mode,
      more,
      noexec,
    }: Place & { mode: string; more?: string; noexec?: string }) => {
      if (noexec !== undefined)
        return `cannot run ${place}: this user may not execute it (mode ${mode}), or its file system is mounted noexec`;
      const others = more === undefined ? "" : `, like ${more} beside it`;
      return `cannot run ${place}: it is not executable (mode ${mode})${others}`;
    },
    fix: ({ configMap, noexec }: { configMap?: string; noexec?: string }) => {
      if (noexec !== undefined) return "Run as root, or mount the file system without noexec";
      return configMap === undefined
        ? "chmod +x what is a script. Write # init: kind=library into what scripts source"
        : "Set defaultMode: 0755 on the ConfigMap's volume";
    },
    example: { place: "/scripts/10-a", mode: "0644" },
  },
  ScriptWritableByOthers: {
    title: "Others can change a script",
    meaning:
      "The file is world-writable. Anyone who can write it could run commands as root on every node.",
    remedy: "chmod o-w the file.",
    reportedBy: "init",
    cause: ({ place, mode }: Place & { mode: string }) =>
      `cannot run ${place}: it is world-writable (mode ${mode})`,
    fix: () => "chmod o-w",
    example: { place: "/scripts/10-a", mode: "0757" },
  },
  DirectoryWritableByOthers: {
    title: "Others can put scripts into a directory",
    meaning:
      "The directory is world-writable. Anyone who can write it could run commands as root on every node. A read-only mount is accepted, and so is an emptyDir whose files all belong to root.",
    remedy:
      "chmod o-w the directory, or mount it read-only. In an emptyDir, chown its files to root.",
    reportedBy: "init",
    cause: ({ place, mode, foreign }: Place & { mode: string; foreign?: string }) =>
      foreign === undefined
        ? `cannot run scripts of ${place}: it is world-writable (mode ${mode})`
        : `cannot run scripts of ${place}: it is world-writable (mode ${mode}) and ${foreign} does not belong to root`,
    fix: ({ foreign }: { foreign?: string }) =>
      foreign === undefined
        ? "chmod o-w, or mount it read-only"
        : `chown root ${foreign}, or mount the directory read-only`,
    example: { place: "/scripts", mode: "0777" },
  },
  ShebangInvalid: {
    title: "The first line of a script is not a usable shebang",
    meaning: "The kernel reads the interpreter of a script from its first line, `#!/path`.",
    remedy: "Begin the file with #!/bin/sh, or with #!/usr/bin/env and the name of an interpreter.",
    reportedBy: "init",
    cause: (p: Place & { fault: keyof typeof SHEBANG_FAULTS; words?: string }) =>
      `cannot run ${p.place}: ${SHEBANG_FAULTS[p.fault].cause(p.words ?? "")}`,
    fix: (p: { fault: keyof typeof SHEBANG_FAULTS; words?: string }) =>
      SHEBANG_FAULTS[p.fault].fix(p.words ?? ""),
    example: { place: "/scripts/10-a:1", fault: "none" },
  },
  InterpreterMissing: {
    title: "The interpreter of a script is not in the image",
    meaning: "The shebang of the script names a program that does not exist.",
    remedy: "Install the interpreter in the image, or use another one in the shebang.",
    reportedBy: "init",
    cause: ({ place, interpreter }: Place & { interpreter: string }) =>
      `cannot run ${place}: its interpreter ${interpreter} was not found`,
    fix: () => "Install it in the image, or use another interpreter",
    example: { place: "/scripts/10-a:1", interpreter: "/usr/bin/python3" },
  },
  ScriptEncoding: {
    title: "A script has Windows line ends or a byte order mark",
    meaning:
      "The kernel and the shell treat a carriage return as part of a word. A byte order mark hides the shebang.",
    remedy: "Save the file as UTF-8 without BOM, with Unix line ends (dos2unix).",
    reportedBy: "init",
    cause: ({ place, fault }: Place & { fault: "crlf" | "bom" }) =>
      fault === "crlf"
        ? `cannot run ${place}: it has Windows line ends (CRLF)`
        : `cannot run ${place}: it begins with a byte order mark, which hides its shebang`,
    fix: ({ fault }: { fault: "crlf" | "bom" }) =>
      fault === "crlf" ? "Convert it with dos2unix" : "Save it as UTF-8 without BOM",
    example: { place: "/scripts/10-a:1", fault: "crlf" },
  },
  EntryUnusable: {
    title: "An entry of the scripts directory cannot be used",
    meaning:
      "It is not a file or a directory that can be read: a broken link, a cycle of links, a device, or a name that is not UTF-8.",
    remedy: "Correct the entry, or remove it.",
    reportedBy: "init",
    cause: ({ place, what }: Place & { what: string }) => `cannot run ${place}: ${what}`,
    fix: ({ advice = "" }: { advice?: string }) =>
      advice === "" ? "Correct the path, or remove the entry" : advice,
    example: { place: "/scripts/10-a", what: "it is a link to something that does not exist" },
  },
  SettingsInvalid: {
    title: "The settings of a script are invalid",
    meaning: "A comment line `# init: …` at the head of a script holds an unknown key or value.",
    remedy: "Correct the line. docs/scripts.md lists the settings.",
    reportedBy: "init",
    cause: ({ place, what }: Place & { what: string }) =>
      `cannot read settings of ${place}: ${what}`,
    fix: () => "Correct the line. docs/scripts.md lists all settings",
    example: { place: "/scripts/10-a:2", what: 'unknown key "tiemout" (did you mean timeout?)' },
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
} as const satisfies Entries;
