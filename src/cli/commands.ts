import {
  LOGS_FLAGS,
  STATUS_FLAGS,
  type LogsConfig,
  type StatusConfig,
} from "../fleet/fleet-flags.ts";
import type { FlagTable } from "./flag.ts";
import { FLAGS, type Config } from "./flags.ts";

export type ScriptsCommand = "run" | "plan" | "lint";
export type Command = ScriptsCommand | "status" | "logs";

/** What a command takes. */
export type CommandSpec = {
  readonly flags: FlagTable;
  /** What its one word that is no flag is; undefined if it takes none. */
  readonly operand: string | undefined;
  /** How its command line looks, and what it does. */
  readonly synopsis: string;
  readonly summary: string;
};

export const COMMANDS: Readonly<Record<Command, CommandSpec>> = {
  run: {
    flags: FLAGS,
    operand: undefined,
    synopsis: "init [run] -scripts=DIR [flags]",
    summary: "run the scripts",
  },
  plan: {
    flags: FLAGS,
    operand: undefined,
    synopsis: "init plan  -scripts=DIR",
    summary: "show what would run, in order, and why something would not",
  },
  lint: {
    flags: FLAGS,
    operand: undefined,
    synopsis: "init lint  -scripts=DIR",
    summary: "check a scripts directory: every problem, with file and line",
  },
  status: {
    flags: STATUS_FLAGS,
    operand: undefined,
    synopsis: "init status [-n NS] [-f FILE] [-o FORMAT]",
    summary: "the state of every node, and why some are not prepared",
  },
  logs: {
    flags: LOGS_FLAGS,
    operand: "NODE|POD",
    synopsis: "init logs NODE|POD",
    summary: "what init printed on that node: the last run and the run before",
  },
};

export const COMMAND_NAMES = Object.keys(COMMANDS) as Command[];

export type Invocation =
  | { readonly command: ScriptsCommand; readonly config: Config }
  | { readonly command: "status"; readonly config: StatusConfig }
  | { readonly command: "logs"; readonly config: LogsConfig; readonly operand: string }
  /** Of one command, or of the whole program. */
  | { readonly command: "help"; readonly of: Command | undefined }
  | { readonly command: "version" };
