import { availableParallelism } from "node:os";
import { parseImageReference } from "../kubernetes/image-reference.ts";
import { fail, ok, type Result } from "../result.ts";
import { parseDuration } from "../text/duration.ts";
import { parseVersion } from "../text/semver.ts";

/** One flag of the program; `parse` gives the value or why the text is none. */
export type Flag<Value> = {
  readonly name: string;
  /** Environment variables that set it, the one that wins first. */
  readonly variables: readonly string[];
  /** What the usage shows for the value and for the default. */
  readonly placeholder: string;
  readonly fallbackText: string;
  readonly fallback: () => Value;
  readonly help: string;
  readonly parse: (text: string) => Result<Value, string>;
};

/** Every flag; the keys are the fields of Config. */
export const FLAGS = {
  scripts: text("scripts", "DIR", undefined, "the scripts directory"),
  nodeImage: {
    ...text(
      "nodeImage",
      "IMAGE",
      undefined,
      "node image; with it no API call is needed",
      "NODE_IMAGE",
    ),
    parse: parseImage,
  },
  dsName: text(
    "dsName",
    "NAME",
    "storageos-daemonset",
    "DaemonSet to look the node image up in",
    "DAEMONSET_NAME",
  ),
  dsNamespace: text("dsNamespace", "NS", "kube-system", "its namespace", "DAEMONSET_NAMESPACE"),
  container: text("container", "NAME", "storageos", "the node container's name"),
  nodeVersion: {
    ...text("node-version", "SEMVER", undefined, "when the node image's tag is no version"),
    parse: parseNodeVersion,
  },
  timeoutMs: duration("timeout", "5m", "deadline of a script that sets none; 0 = none"),
  totalTimeoutMs: duration("total-timeout", "0", "deadline of the whole run; 0 = none"),
  graceMs: duration("grace", "10s", "between SIGTERM and SIGKILL"),
  jobs: {
    name: "jobs",
    variables: [variableOf("jobs")],
    placeholder: "N",
    fallbackText: "number of CPUs",
    fallback: availableParallelism,
    help: "checks at once",
    parse: parseCount,
  },
  logFormat: choice("log-format", ["text", "json"], "format of the log"),
  stateDir: text(
    "state-dir",
    "DIR",
    "/var/lib/storageos/init",
    "where the preparation record is kept",
  ),
  terminationLog: text(
    "termination-log",
    "FILE",
    undefined,
    "where the termination message goes; default: /dev/termination-log if it exists",
  ),
  events: choice("events", ["auto", "off"], "pod events"),
  eventOutput: choice(
    "event-output",
    ["tail", "none"],
    "whether a script's last output goes into events and messages",
  ),
} as const satisfies Record<string, Flag<unknown>>;

/** The value of every flag, from the command line, the environment or its default. */
export type Config = {
  readonly [Key in keyof typeof FLAGS]: ReturnType<(typeof FLAGS)[Key]["fallback"]>;
};

function text<Fallback extends string | undefined>(
  name: string,
  placeholder: string,
  fallback: Fallback,
  help: string,
  oldVariable?: string,
): Flag<string | Fallback> {
  const variables =
    oldVariable === undefined ? [variableOf(name)] : [variableOf(name), oldVariable];
  return {
    name,
    variables,
    placeholder,
    fallbackText: fallback ?? "",
    fallback: () => fallback,
    help,
    parse: (given) => (given === "" ? fail("it is empty") : ok(given)),
  };
}

function duration(name: string, fallback: string, help: string): Flag<number> {
  const parsed = parseDuration(fallback);
  if (!parsed.ok) throw new Error(`default of --${name}: ${parsed.error}`);
  return {
    name,
    variables: [variableOf(name)],
    placeholder: "DURATION",
    fallbackText: fallback,
    fallback: () => parsed.value,
    help,
    parse: parseDuration,
  };
}

function choice<const Word extends string>(
  name: string,
  words: readonly [Word, ...Word[]],
  help: string,
): Flag<Word> {
  return {
    name,
    variables: [variableOf(name)],
    placeholder: words.join("|"),
    fallbackText: words[0],
    fallback: () => words[0],
    help,
    parse: (given) => {
      const word = words.find((candidate) => candidate === given);
      return word === undefined ? fail(`"${given}" is not ${words.join(" or ")}`) : ok(word);
    },
  };
}

function parseImage(given: string): Result<string, string> {
  const reference = parseImageReference(given);
  return reference.ok ? ok(given) : fail(reference.error);
}

function parseNodeVersion(given: string): Result<string, string> {
  const version = parseVersion(given);
  return version === undefined ? fail(`"${given}" is no version, such as 1.4.0`) : ok(version);
}

function parseCount(given: string): Result<number, string> {
  return /^[1-9]\d{0,4}$/.test(given)
    ? ok(Number(given))
    : fail(`"${given}" is not a number from 1 to 99999`);
}

/** `node-version` and `nodeImage` become STORAGEOS_INIT_NODE_VERSION and STORAGEOS_INIT_NODE_IMAGE. */
function variableOf(name: string): string {
  const words = name.replaceAll(/([a-z])([A-Z])/g, "$1_$2").replaceAll("-", "_");
  return `STORAGEOS_INIT_${words.toUpperCase()}`;
}
