import type { Topic } from "./topic.ts";

export const SCRIPTS: Topic = {
  title: "Scripts that cannot be run",
  where:
    "Before anything was run, exit status 3: `cannot run PATH: …`. `init lint` finds the same: mend all of them.",
  messages: [
    {
      message: "no scripts in …: …. Is it mounted?",
      meaning: "No script was found there: as a rule a volume that is not mounted.",
      fix: "Mount the scripts there, or correct `-scripts`.",
    },
    {
      message: "it holds … that are none",
      meaning:
        "After `no scripts in DIR:`; there are files, but only such as are passed over: hidden ones, `.md`, `.txt`.",
      fix: "Mount the right directory.",
    },
    {
      message: "nothing was run, for …",
      meaning: "Some script cannot be run, so none was.",
      fix: "Mend every problem listed.",
    },
    {
      message: "cannot run …: …",
      meaning: "This file is no script that can run; the rest says why.",
      fix: "See below.",
    },
    {
      message: "its name is not UTF-8: rename it",
      meaning: "The name cannot be shown or recorded.",
      fix: "Rename the file.",
    },
    {
      message: "it is neither a file nor a directory: remove it",
      meaning: "A socket, pipe or device.",
      fix: "Remove it.",
    },
    {
      message: "it is a link to a directory above it, a cycle: remove the link",
      meaning: "Following the link would never end.",
      fix: "Remove the link.",
    },
    {
      message: "it is a link to something that does not exist",
      meaning: "The link's target is not in this container.",
      fix: "Put the target there, or remove the link.",
    },
    {
      message: "it is a link that leads back to itself, a cycle: remove the link",
      meaning: "The link has no target.",
      fix: "Remove the link.",
    },
    {
      message: "it does not exist",
      meaning: "No such file or directory.",
      fix: "Correct `-scripts`, or mount the volume.",
    },
    {
      message: "it is not a directory",
      meaning: "A file stands where a directory is needed.",
      fix: "Correct `-scripts`.",
    },
    {
      message: "its path is too long",
      meaning: "Longer than the kernel allows.",
      fix: "Shorten names.",
    },
    {
      message: "permission denied: run as root, or change its mode",
      meaning: "init may not read it.",
      fix: "`runAsUser: 0`, or `chmod`.",
    },
    {
      message: "it is not executable (mode …): …",
      meaning: "No execute bit is set.",
      fix: "`chmod +x`; for a ConfigMap `defaultMode: 0755`.",
    },
    {
      message: "set defaultMode: 0755 on the ConfigMap's volume",
      meaning: "The advice for a script from a ConfigMap.",
      fix: "As it says.",
    },
    {
      message: "chmod +x, or remove it",
      meaning: "The advice for any other script.",
      fix: "As it says.",
    },
    {
      message: "everyone may write it (mode …): chmod o-w",
      meaning: "Any user of the node could change what runs as root.",
      fix: "`chmod o-w`; see who changed it.",
    },
    {
      message: "this user may not execute it (mode …), or its file system is mounted noexec",
      meaning: "The mode has an execute bit, but not for this user.",
      fix: "Run as root, or mount the volume without `noexec`.",
    },
    {
      message:
        "it begins with a byte order mark, which hides its shebang: save it as UTF-8 without BOM",
      meaning: "A Windows editor wrote it.",
      fix: "Save it without BOM.",
    },
    {
      message: "it has no shebang: begin the file with #!/bin/sh or another interpreter",
      meaning: "The kernel cannot tell what runs it.",
      fix: "Add the line.",
    },
    {
      message: "it has Windows line ends (CRLF): convert it with dos2unix",
      meaning: "The kernel takes the CR as part of the interpreter's name.",
      fix: "Convert it.",
    },
    {
      message: "it is empty",
      meaning: "A file without content, a directory without scripts, or a flag without a value.",
      fix: "Fill it, or remove it.",
    },
    {
      message: "its shebang names no interpreter: begin the file with #!/bin/sh",
      meaning: "The first line is only `#!`.",
      fix: "Name one.",
    },
    {
      message: "its interpreter … is no absolute path: write #!/usr/bin/env …",
      meaning: "The kernel does not search PATH.",
      fix: "As it says.",
    },
    {
      message: 'the kernel gives env "…" as one word: write #!… -S …',
      meaning: "All that follows `env` is one argument.",
      fix: "As it says.",
    },
    {
      message: "its shebang runs env without a command: write #!/usr/bin/env sh",
      meaning: "`env` alone only prints the environment.",
      fix: "As it says.",
    },
    {
      message: "its interpreter … is not there: install it in the image, or use one that is",
      meaning: "The container's image lacks it.",
      fix: "Install it, or use `/bin/sh`.",
    },
  ],
};

export const SETTINGS: Topic = {
  title: "A script's settings",
  where:
    "Before anything was run, exit status 3: `cannot read settings of PATH:LINE: …`, for the line `# init: …` of that script.",
  messages: [
    {
      message: "cannot read settings of …: …",
      meaning: "The line is wrong; the rest says how.",
      fix: "Correct that line of the script.",
    },
    {
      message: '"…" is not key=value',
      meaning: "A word of the line has no `=`.",
      fix: "Write `key=value`, without spaces around `=`.",
    },
    {
      message: 'unknown key "…"…',
      meaning: "There is no such setting.",
      fix: "See [scripts.md](scripts.md#settings) for those there are.",
    },
    {
      message: "… is already set in line …",
      meaning: "The same key twice.",
      fix: "Remove one.",
    },
    {
      message: "bad …: …",
      meaning: "The key is right, its value is not; the rest says why.",
      fix: "Correct the value.",
    },
    {
      message: "the quote in … is not closed",
      meaning: 'A `"` without its partner.',
      fix: "Close it.",
    },
    {
      message: '"…" is not a number from 0 to 999',
      meaning: "For `retries`.",
      fix: "Give a whole number.",
    },
    {
      message: '"…" is not a semver range: write it as ">=1.4.0 <2"',
      meaning: "For `node-image`.",
      fix: "As it says, with the quotes.",
    },
    {
      message: '"…" is not fail or warn',
      source: '"…" is not …',
      meaning: "A setting or flag with few possible words; the message names them.",
      fix: "Use one of them.",
    },
    {
      message: '"…" has no unit: write …s or …m',
      meaning: "A duration, in a setting or a flag.",
      fix: "Add `s`, `m` or `h`.",
    },
    {
      message: '"…" is not a duration: write it as 30s, 5m or 1h30m',
      meaning: "A duration, in a setting or a flag.",
      fix: "As it says.",
    },
    {
      message: '"…" is too long: at most 596h',
      meaning: "A duration over what timers can hold.",
      fix: "Give less, or 0 for none.",
    },
  ],
};
