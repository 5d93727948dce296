import type { PreflightConfig } from "../../fleet/config.ts";
import type { CommandOf } from "../command.ts";
import { PREFLIGHT_FLAGS } from "../preflight-flags.ts";

export const PREFLIGHT: CommandOf<PreflightConfig> = {
  name: "preflight",
  synopsis: "preflight [--node-image IMAGE] [--nodes LABELS]",
  summary: "check before installing: would every node be prepared, and why not",
  notes: `A DaemonSet makes a dry run on every node, whatever its taints; nothing on a node is changed, and
everything is removed at the end, also at Ctrl-C.

exit status:
  0 every node would be prepared · 1 some would not · 2 usage · 3 unknown, or something is left
  4 some have not answered after --timeout · 128+n ended by signal n
`,
  flags: PREFLIGHT_FLAGS,
  operands: [],
  async run(config, { env }) {
    const { preflight } = await import("../../fleet/preflight/preflight.ts");
    return preflight(config, env);
  },
};
