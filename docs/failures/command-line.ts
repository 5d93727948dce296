import type { Topic } from "./topic.ts";

export const COMMAND_LINE: Topic = {
  title: "The command line",
  where: "On stderr, exit status 2: nothing was run.",
  messages: [
    {
      message: "cannot run: no scripts directory; give it with -scripts=DIR",
      source: "cannot …: no scripts directory; give it with -scripts=DIR",
      meaning: "Neither the flag nor `STORAGEOS_INIT_SCRIPTS` is set.",
      fix: "As it says.",
    },
    {
      message: "cannot use …: …",
      meaning: "The flag's value is wrong; the rest says why.",
      fix: "Correct the container's `args`.",
    },
    {
      message: "cannot use …=… from the environment: …",
      meaning: "The same, for a variable.",
      fix: "Correct the container's `env`.",
    },
    {
      message: "cannot use …: it needs a value (…)",
      meaning: "The flag stands alone.",
      fix: "Write `--flag=value`.",
    },
    {
      message: "cannot use …: no such flag…",
      meaning: "No flag has this name.",
      fix: "See `init --help`.",
    },
    {
      message: 'cannot use "…": … takes flags only…',
      meaning: "A word too many.",
      fix: "Remove it, or make it a flag.",
    },
    {
      message: "; did you mean -scripts=…?",
      meaning: "The word looks like a directory.",
      fix: "As it says.",
    },
    {
      message: "(did you mean …?)",
      meaning: "The nearest name there is.",
      fix: "As it says.",
    },
    {
      message: "…: missing argument …",
      meaning: "`init logs` needs a node or a pod.",
      fix: "Name one.",
    },
    {
      message: 'cannot use "…": … takes one …',
      meaning: "A word too many.",
      fix: "Name one at a time.",
    },
    {
      message: 'cannot run "…": no such command…; there are …',
      meaning: "No command has this name.",
      fix: "Use one of those listed.",
    },
    {
      message: '"…" is no version, such as 1.4.0',
      meaning: "For `--node-version`.",
      fix: "Give three numbers.",
    },
    {
      message: '"…" is not a number from 1 to 99999',
      meaning: "A flag that counts.",
      fix: "Give a whole number.",
    },
    {
      message: '"…" is not true or false',
      meaning: "A switch.",
      fix: "Write `true`, `false`, or the flag alone.",
    },
    {
      message: "nothing would run, for …",
      meaning: "`init plan` or `init lint` found problems.",
      fix: "Mend every problem listed.",
    },
    {
      message: "…: …, no problems",
      meaning: "`init lint` found none.",
      fix: "Nothing.",
    },
  ],
};
