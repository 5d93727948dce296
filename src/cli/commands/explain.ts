import { EXIT } from "../../lib/exit-status.ts";
import { print } from "../../lib/print.ts";
import type { CommandOf } from "../command.ts";

export const EXPLAIN: CommandOf<Readonly<Record<string, never>>> = {
  name: "explain",
  synopsis: "explain [CODE]",
  summary: "what a failure's code means and what to do; without a code, the list of all",
  notes: "exit status: 0 · 2 no such code\n",
  flags: {},
  operands: ["[CODE]"],
  async run(_config, { operands: [code] }) {
    const { explainCode, listOfCodes } = await import("../../lib/failure/explain.ts");
    if (code === undefined) {
      print(1, listOfCodes());
      return EXIT.success;
    }
    const explained = explainCode(code);
    if (explained.ok) print(1, explained.value);
    else print(2, `init: ${explained.error}\ninit: init explain lists all codes\n`);
    return explained.ok ? EXIT.success : EXIT.usage;
  },
};
