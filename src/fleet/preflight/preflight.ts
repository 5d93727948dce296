/** `init preflight`: would every node be prepared? A dry run on each of them, and nothing is left. */
import type { Environment } from "../../lib/environment.ts";
import { EXIT, exitStatusOfSignal } from "../../lib/exit-status.ts";
import { failureOf, type Failure } from "../../lib/failure/failure.ts";
import { FLEET } from "../../lib/failure/topics/fleet.ts";
import { FLEET_PREFLIGHT } from "../../lib/failure/topics/fleet-preflight.ts";
import { print } from "../../lib/print.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { PreflightConfig, StatusConfig } from "../config.ts";
import { refuse, showReport } from "../show-report.ts";
import { awaitAnswers } from "./await-answers.ts";
import { callKubectl } from "./call.ts";
import { affinityOf, CONTAINER, daemonSetOf, namespaceOf, rbacOf, type Trial } from "./manifest.ts";

/** Resolves to the exit status: 0 only if every node would be prepared. */
export async function preflight(config: PreflightConfig, env: Environment): Promise<number> {
  if (config.printRbac !== undefined) return printObject(rbacOf(config.printRbac));
  const made = trialOf(config);
  if (!made.ok) return refuse(made.error, EXIT.usage);
  const trial = made.value;
  if (config.printManifest) {
    const items = [namespaceOf(trial), daemonSetOf(trial)];
    return printObject({ apiVersion: "v1", kind: "List", items });
  }
  const stop = new AbortController();
  let signal: NodeJS.Signals | undefined;
  const onSignal = (which: NodeJS.Signals): void => {
    signal ??= which;
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const left: string[] = [];
  const created = await create(trial, config, left);
  const status = created.ok
    ? await report(trial, config, env, stop.signal)
    : refuse(created.error, EXIT.cannot);
  const isClean = await cleanUp(trial, config, left);
  if (signal !== undefined) return exitStatusOfSignal(signal);
  return isClean ? status : EXIT.cannot;
}

function trialOf(config: PreflightConfig): Result<Trial, Failure> {
  const { image, scripts, nodeImage, pullSecret, nodes } = config;
  const affinity = affinityOf(nodes);
  if (!affinity.ok) {
    const params = { flag: "--nodes", text: nodes, part: affinity.error };
    return fail(failureOf(FLEET, "SelectorInvalid", params));
  }
  const name = `storageos-preflight-${crypto.randomUUID().slice(0, 8)}`;
  // Of a name of its own, so that two people at once do not remove each other's.
  const namespace = config.namespace ?? name;
  return ok({ name, namespace, image, scripts, nodeImage, pullSecret, affinity: affinity.value });
}

function printObject(object: unknown): number {
  print(1, `${JSON.stringify(object, undefined, 2)}\n`);
  return EXIT.success;
}

/** @param left gets what has to be removed, before it is made: an answer may be lost on its way */
async function create(
  trial: Trial,
  config: PreflightConfig,
  left: string[],
): Promise<Result<void, Failure>> {
  const { namespace, name } = trial;
  const found = await call(config, [
    "get",
    "namespace",
    namespace,
    "-o=name",
    "--ignore-not-found",
  ]);
  if (!found.ok) return found;
  if (found.value.trim() === "") {
    left.push(`namespace/${namespace}`);
    const made = await call(config, ["create", "-f", "-"], namespaceOf(trial));
    if (!made.ok) return made;
  }
  left.push(`--namespace=${namespace} daemonset/${name}`);
  const made = await call(config, ["create", "-f", "-"], daemonSetOf(trial));
  return made.ok ? ok(undefined) : made;
}

async function call(
  config: PreflightConfig,
  args: readonly string[],
  input?: unknown,
): Promise<Result<string, Failure>> {
  const called = await callKubectl(config, args, input);
  if (called.ok) return called;
  if ("failure" in called.error) return fail(called.error.failure);
  const params = { command: args.slice(0, 2).join(" "), why: called.error.words };
  return fail(failureOf(FLEET_PREFLIGHT, "PreflightRefused", params));
}

async function report(
  { namespace, name }: Trial,
  config: PreflightConfig,
  env: Environment,
  stop: AbortSignal,
): Promise<number> {
  const status: StatusConfig = {
    ...config,
    namespace,
    selector: `app=${name}`,
    container: CONTAINER,
    file: undefined,
    watch: false,
    metricsFile: undefined,
  };
  const answers = await awaitAnswers(status, env, stop);
  if (!answers.ok) return refuse(answers.error, EXIT.cannot);
  const { report: last, isLate } = answers.value;
  if (last === undefined) return EXIT.cannot;
  const shown = showReport(last, status, env);
  return isLate && shown !== EXIT.cannot ? EXIT.deadline : shown;
}

/** Removes what was made, the DaemonSet first; says what is left, and with which command it goes. */
async function cleanUp(
  { namespace, name }: Trial,
  config: PreflightConfig,
  left: readonly string[],
): Promise<boolean> {
  let isClean = true;
  for (const what of left.toReversed()) {
    const words = what.split(" ");
    if (what === `namespace/${namespace}` && (await isInUse(config, namespace, name))) continue;
    const args = ["delete", ...words, "--ignore-not-found", "--wait=false"];
    const removed = await callKubectl(config, args);
    if (removed.ok) continue;
    isClean = false;
    const why = "words" in removed.error ? removed.error.words : removed.error.failure.cause;
    const command = `kubectl delete ${what}`;
    refuse(failureOf(FLEET_PREFLIGHT, "PreflightLeft", { what, why, command }), EXIT.cannot);
  }
  return isClean;
}

/** Whether a DaemonSet of somebody else is in a namespace that this preflight made. */
async function isInUse(config: PreflightConfig, namespace: string, own: string): Promise<boolean> {
  const args = ["get", "daemonsets", `--namespace=${namespace}`, "-o=name"];
  const found = await callKubectl(config, args);
  const names = found.ok ? found.value.split("\n").filter(Boolean) : [];
  return names.some((name) => !name.endsWith(`/${own}`));
}
