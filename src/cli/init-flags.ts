import { availableParallelism } from "node:os";
import { CODE_PATTERN } from "../lib/failure/failure.ts";
import { parseImageReference } from "../lib/image-reference.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { parseVersion } from "../lib/text/semver.ts";
import type { LintConfig, PlanConfig, RunFlags, UndoFlags } from "../init/config.ts";
import { flagMaker, variableOf, type Flag, type FlagsOf } from "./flag.ts";

const { text, list, duration, choice, toggle } = flagMaker("");

/** The flags of run. */
export const INIT_FLAGS = {
  scripts: {
    ...text("scripts", "DIR", "", "the scripts directory"),
    fallback: () => fail("no scripts directory; give it with -scripts=DIR"),
  },
  only: list("only", "GLOB", "run only these scripts, such as 01-lio"),
  skip: list("skip", "GLOB", "do not run these scripts, such as 05-requirements/ipv6*"),
  warn: list("warn", "GLOB", "failures of these scripts are warnings"),
  warnCodes: list("warn-code", "CODE", "failures with this code are warnings", parseCode),
  failOnWarning: toggle("fail-on-warning", "", "a warning is a failure of its script"),
  isDryRun: toggle("dry-run", "", "show what the scripts would change, and change nothing"),
  nodeImage: {
    ...withOldVariable(
      text("nodeImage", "IMAGE", undefined, "node image; with it no API call is needed"),
      "NODE_IMAGE",
    ),
    parse: parseImage,
  },
  dsName: withOldVariable(
    text("dsName", "NAME", "storageos-daemonset", "DaemonSet to look the node image up in"),
    "DAEMONSET_NAME",
  ),
  dsNamespace: withOldVariable(
    text("dsNamespace", "NS", "kube-system", "its namespace"),
    "DAEMONSET_NAMESPACE",
  ),
  container: text("container", "NAME", "storageos", "the node container's name"),
  nodeVersion: {
    ...text("node-version", "SEMVER", undefined, "when the node image's tag is no version"),
    parse: parseNodeVersion,
  },
  timeoutMs: {
    ...duration("timeout", "5m", "deadline of every script that sets none; 0 = none"),
    fallbackText: "5m for checks, none for changes",
    fallback: () => ok(undefined),
  },
  totalTimeoutMs: duration("total-timeout", "0", "deadline of the whole run; 0 = none"),
  graceMs: duration("grace", "10s", "between SIGTERM and SIGKILL"),
  jobs: {
    name: "jobs",
    variables: [variableOf("", "jobs")],
    placeholder: "N",
    fallbackText: "number of CPUs",
    fallback: () => ok(availableParallelism()),
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
  nodeCondition: {
    ...text(
      "node-condition",
      "TYPE",
      undefined,
      "condition of the node to set, such as storageos.com/NodePrepared",
    ),
    parse: parseConditionType,
  },
} as const satisfies FlagsOf<RunFlags>;

const {
  isDryRun: _dryRun,
  only: _only,
  skip: _skip,
  warn: _warn,
  warnCodes: _warnCodes,
  failOnWarning: _failOnWarning,
  nodeCondition: _condition,
  ...UNDO
} = INIT_FLAGS;

/** Those of undo. */
export const UNDO_FLAGS = UNDO satisfies FlagsOf<UndoFlags>;

/** Those of run that decide what would run. */
export const PLAN_FLAGS = {
  scripts: INIT_FLAGS.scripts,
  only: INIT_FLAGS.only,
  skip: INIT_FLAGS.skip,
  warn: INIT_FLAGS.warn,
  nodeImage: INIT_FLAGS.nodeImage,
  dsName: INIT_FLAGS.dsName,
  dsNamespace: INIT_FLAGS.dsNamespace,
  container: INIT_FLAGS.container,
  nodeVersion: INIT_FLAGS.nodeVersion,
  timeoutMs: INIT_FLAGS.timeoutMs,
  stateDir: INIT_FLAGS.stateDir,
  output: flagMaker("plan-").choice("output", ["table", "json"], "format of the plan", {
    letter: "o",
  }),
} as const satisfies FlagsOf<PlanConfig>;

/** Those that are about the directory. */
export const LINT_FLAGS = {
  scripts: INIT_FLAGS.scripts,
  only: INIT_FLAGS.only,
  skip: INIT_FLAGS.skip,
  warn: INIT_FLAGS.warn,
  timeoutMs: INIT_FLAGS.timeoutMs,
  output: flagMaker("lint-").choice(
    "output",
    ["text", "json", "github"],
    "format of the findings; github: annotations of a workflow",
    { letter: "o" },
  ),
} as const satisfies FlagsOf<LintConfig>;

/** The flags that the original had are also set by the variables that it had. */
function withOldVariable<Value>(flag: Flag<Value>, variable: string): Flag<Value> {
  return { ...flag, variables: [...flag.variables, variable] };
}

function parseImage(given: string): Result<string, string> {
  const reference = parseImageReference(given);
  return reference.ok ? ok(given) : fail(reference.error);
}

function parseNodeVersion(given: string): Result<string, string> {
  const version = parseVersion(given);
  return version === undefined ? fail(`"${given}" is no version, such as 1.4.0`) : ok(version);
}

/** A qualified name, as the API has it for label keys; kubelet's own conditions are not for others. */
function parseConditionType(given: string): Result<string, string> {
  if (
    !/^(?:[a-z0-9][a-z0-9.-]{0,251}[a-z0-9]\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/.test(given)
  )
    return fail(`"${given}" is not a condition type, such as storageos.com/NodePrepared`);
  return KUBELETS_CONDITIONS.has(given)
    ? fail(
        `the condition "${given}" is kubelet's own; choose a type such as storageos.com/NodePrepared`,
      )
    : ok(given);
}

const KUBELETS_CONDITIONS = new Set([
  "Ready",
  "MemoryPressure",
  "DiskPressure",
  "PIDPressure",
  "NetworkUnavailable",
]);

function parseCode(given: string): Result<string, string> {
  return CODE_PATTERN.test(given)
    ? ok(given)
    : fail(`"${given}" is not a code, such as ClockNotSynchronised; init explain lists them`);
}

function parseCount(given: string): Result<number, string> {
  return /^[1-9]\d{0,4}$/.test(given)
    ? ok(Number(given))
    : fail(`"${given}" is not a number from 1 to 99999`);
}
