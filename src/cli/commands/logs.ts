import type { LogsConfig } from "../../fleet/config.ts";
import type { CommandOf } from "../command.ts";
import { inNamespace, LOGS_FLAGS, type AllNamespaces } from "../fleet-flags.ts";

export const LOGS: CommandOf<LogsConfig & AllNamespaces> = {
  name: "logs",
  synopsis: "logs NODE|pod/POD|--all-failed",
  summary: "what init printed on a node: the last run and the run before",
  notes: `exit status:
  0 shown · 2 usage · 3 no such node or pod, a log that kubelet does not have, or no cluster
  70 a defect in init itself · 128+n ended by signal n
`,
  flags: LOGS_FLAGS,
  operands: ["[NODE|pod/POD]"],
  async run(config, { operands }) {
    const { logs } = await import("../../fleet/logs.ts");
    return logs(operands[0], inNamespace(config));
  },
};
