import { basename } from "node:path";
import { EXIT } from "../../lib/exit-status.ts";
import { print } from "../../lib/print.ts";
import type { CommandOf } from "../command.ts";

export const COMPLETION: CommandOf<Record<string, never>> = {
  name: "completion",
  synopsis: "completion bash|zsh|kubectl",
  summary: "print what completes this program's commands and flags in a shell",
  notes: `bash:    source <(init completion bash)
zsh:     source <(init completion zsh)
kubectl: kubectl storageos-init completion kubectl >/usr/local/bin/kubectl_complete-storageos_init
         chmod +x /usr/local/bin/kubectl_complete-storageos_init
exit status: 0 printed · 2 usage
`,
  flags: {},
  operands: ["SHELL"],
  async run(_config, { operands: [shell = ""] }) {
    const text = scriptFor(shell, basename(process.argv0));
    if (text === undefined) {
      print(2, `init: cannot complete in "${shell}": write bash, zsh or kubectl\n`);
      return EXIT.usage;
    }
    print(1, text);
    return EXIT.success;
  },
};

function scriptFor(shell: string, name: string): string | undefined {
  switch (shell) {
    case "bash":
      return bash(name);
    case "zsh":
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(name)}`;
    case "kubectl":
      // kubectl calls it with the words, as cobra's __complete; :4 says that no file names follow.
      return `#!/bin/sh\nkubectl storageos-init __complete "$@"\necho :4\n`;
    default:
      return undefined;
  }
}

function bash(name: string): string {
  const id = `_${name.replaceAll(/\W/g, "_")}_complete`;
  return `${id}() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F ${id} ${name}
`;
}
