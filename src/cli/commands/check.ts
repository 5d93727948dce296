import { EXIT } from "../../lib/exit-status.ts";
import type { CommandOf } from "../command.ts";
import { flagMaker, type FlagsOf } from "../flag.ts";

/** What a check takes beside its words. */
export type CheckConfig = {
  readonly type: string | undefined;
  readonly isShared: boolean;
  readonly mode: string | undefined;
  readonly owner: string | undefined;
};

const { text, toggle } = flagMaker("check-");

const FLAGS: FlagsOf<CheckConfig> = {
  type: text("type", "TYPE", undefined, "mount: the type of the file system"),
  isShared: toggle("shared", "", "mount: what is mounted below it appears on the node"),
  mode: text("mode", "MODE", undefined, "file: its mode, such as 0600"),
  owner: text("owner", "USER[:GROUP]", undefined, "file: its owner"),
};

export const CHECK: CommandOf<CheckConfig> = {
  name: "check",
  synopsis: "check KIND …",
  summary: "called by a script: look at one thing of this host, or fail with cause and fix",
  notes: `kinds:
  module NAME… · mount PATH… [--type TYPE] [--shared] · port N[-M][/udp]… · sysctl 'KEY>=N'…
  file PATH… [--mode MODE] [--owner USER[:GROUP]] · command NAME… · kernel '>=5.4'
  space PATH SIZE · package NAME…
Paths are those of the node (HOST_ROOT). exit status: 0 it is there · 1 it is not · 2 usage
`,
  flags: FLAGS,
  operands: ["KIND", "[WORD…]"],
  async run(config, { operands, env }) {
    const { runCheck } = await import("../../init/check.ts");
    const [kind = "", ...words] = operands;
    // What is not there has ended the process by then.
    return runCheck(kind, words, config, env) === "usage" ? EXIT.usage : EXIT.success;
  },
};
