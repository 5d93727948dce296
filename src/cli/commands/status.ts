import type { StatusConfig } from "../../fleet/config.ts";
import type { CommandOf } from "../command.ts";
import { inNamespace, STATUS_FLAGS, type AllNamespaces } from "../fleet-flags.ts";

export const STATUS: CommandOf<StatusConfig & AllNamespaces> = {
  name: "status",
  synopsis: "status [-n NS] [-f FILE] [-o FORMAT]",
  summary: "the state of every node, and why some are not prepared",
  notes: `What it costs the cluster: lists of pods, DaemonSets and their events; with --nodes one of nodes; with --watch
one watch more, which brings only what changes. Without --nodes, only nodes that have or should have a pod count.

exit status:
  0 every node is prepared (with warnings or without) · 1 some are not · 2 usage
  3 unknown: no pods found, the cluster or the file cannot be read · 4 some are not after --timeout
  70 a defect in init itself · 128+n ended by signal n
`,
  flags: STATUS_FLAGS,
  operands: [],
  async run(config, { env }) {
    const { status } = await import("../../fleet/status.ts");
    return status(inNamespace(config), env);
  },
};

/** The name that kubectl has for it. */
export const WAIT: typeof STATUS = {
  ...STATUS,
  name: "wait",
  synopsis: "wait [-n NS] [--timeout DURATION]",
  summary: "status --watch: look until every node is prepared, then report",
  run: (config, call) => STATUS.run({ ...config, watch: true }, call),
};
