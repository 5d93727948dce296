import { fail, ok, type Result } from "../lib/result.ts";
import { parseDuration } from "../lib/text/duration.ts";

/** One flag of a command; `parse` gives the value or why the text is none. */
export type Flag<Value> = {
  readonly name: string;
  /** The one letter that it also goes by. */
  readonly letter?: string;
  /** May be given several times; `parse` gives a list, and the lists are joined. */
  readonly isRepeatable?: boolean;
  /** Given without a value: `--watch`, or `--watch=false`. */
  readonly isSwitch?: boolean;
  /** Environment variables that set it, the one that wins first. */
  readonly variables: readonly string[];
  /** What the usage shows for the value and for the default. */
  readonly placeholder: string;
  readonly fallbackText: string;
  /** The value where none is given, or why one must be. */
  readonly fallback: () => Result<Value, string>;
  readonly help: string;
  readonly parse: (text: string) => Result<Value, string>;
};

/** The flags of a command, one for each field of its configuration. */
export type FlagsOf<Config> = { readonly [Field in keyof Config]: Flag<Config[Field]> };

/** The flags of a command whose configuration is not known here. */
export type FlagTable = FlagsOf<Readonly<Record<string, unknown>>>;

type TextOptions = { readonly letter?: string; readonly mayBeEmpty?: boolean };

/** How the flags of one command are made; `prefix` keeps its variables apart from other commands'. */
export function flagMaker(prefix: string) {
  return { text, list, duration, choice, toggle };

  function text<Fallback extends string | undefined>(
    name: string,
    placeholder: string,
    fallback: Fallback,
    help: string,
    { mayBeEmpty = false, ...options }: TextOptions = {},
  ): Flag<string | Fallback> {
    return {
      name,
      ...options,
      variables: [variableOf(prefix, name)],
      placeholder,
      fallbackText: fallback ?? "",
      fallback: () => ok(fallback),
      help,
      parse: (given) => (given === "" && !mayBeEmpty ? fail("it is empty") : ok(given)),
    };
  }

  /** Any number of words; in a variable they are separated by commas. */
  function list(
    name: string,
    placeholder: string,
    help: string,
    parseWord: (word: string) => Result<string, string> = ok,
  ): Flag<readonly string[]> {
    return {
      name,
      isRepeatable: true,
      variables: [variableOf(prefix, name)],
      placeholder,
      fallbackText: "",
      fallback: () => ok([]),
      help,
      parse(given) {
        const words: string[] = [];
        for (const word of given
          .split(",")
          .map((part) => part.trim())
          .filter(Boolean)) {
          const parsed = parseWord(word);
          if (!parsed.ok) return parsed;
          words.push(parsed.value);
        }
        return words.length === 0 ? fail("it is empty") : ok(words);
      },
    };
  }

  function duration(name: string, fallback: string, help: string): Flag<number> {
    const parsed = parseDuration(fallback);
    if (!parsed.ok) throw new Error(`default of --${name}: ${parsed.error}`);
    return {
      name,
      variables: [variableOf(prefix, name)],
      placeholder: "DURATION",
      fallbackText: fallback,
      fallback: () => parsed,
      help,
      parse: parseDuration,
    };
  }

  function choice<const Word extends string>(
    name: string,
    words: readonly [Word, ...Word[]],
    help: string,
    options: { readonly letter?: string } = {},
  ): Flag<Word> {
    return {
      name,
      ...options,
      variables: [variableOf(prefix, name)],
      placeholder: words.join("|"),
      fallbackText: words[0],
      fallback: () => ok(words[0]),
      help,
      parse: (given) => {
        const word = words.find((candidate) => candidate === given);
        return word === undefined ? fail(`"${given}" is not ${words.join(" or ")}`) : ok(word);
      },
    };
  }

  /** @param letter empty if it has none */
  function toggle(name: string, letter: string, help: string): Flag<boolean> {
    return {
      name,
      ...(letter === "" ? {} : { letter }),
      isSwitch: true,
      variables: [variableOf(prefix, name)],
      placeholder: "",
      fallbackText: "",
      fallback: () => ok(false),
      help,
      parse: (given) =>
        given === "true" || given === "false"
          ? ok(given === "true")
          : fail(`"${given}" is not true or false`),
    };
  }
}

/** `node-version` and `nodeImage` become STORAGEOS_INIT_NODE_VERSION and STORAGEOS_INIT_NODE_IMAGE. */
export function variableOf(prefix: string, name: string): string {
  const words = `${prefix}${name}`.replaceAll(/([a-z])([A-Z])/g, "$1_$2").replaceAll("-", "_");
  return `STORAGEOS_INIT_${words.toUpperCase()}`;
}
