import type { Environment } from "../lib/environment.ts";
import type { FlagsOf } from "./flag.ts";

/** A command of a program: how its command line looks, and what it does. */
export type CommandOf<Config> = {
  readonly name: string;
  /** What --help shows: the command line behind the program's name, and one line about it. */
  readonly synopsis: string;
  readonly summary: string;
  /** What --help shows below the flags, each line ended. */
  readonly notes: string;
  readonly flags: FlagsOf<Config>;
  /** Its words that are not flags; one in brackets may be left out. */
  readonly operands: readonly string[];
  /**
   * Resolves to the exit status. It loads what it needs itself (dynamic import). A method, so that a
   * table holds commands of different configurations: parse fills every field that `flags` names.
   */
  run(config: Config, call: Call): Promise<number>;
  /**
   * Reports a command line that cannot be used where its output is not read.
   * @param text what cannot be used, and why @param config the flags that could be read
   */
  refuse?(text: string, config: Partial<Config>): Promise<void>;
};

export type Command = CommandOf<Readonly<Record<string, unknown>>>;

/** What a command gets beside its configuration. */
export type Call = {
  /** As many as `operands` asks for. */
  readonly operands: readonly string[];
  readonly env: Environment;
};

/** One executable: its commands, and which of them runs where none is named. */
export type Program = {
  /** How a person calls it. */
  readonly name: string;
  /** One sentence for --help. */
  readonly about: string;
  readonly commands: readonly Command[];
  readonly defaultCommand: Command;
};
