import type { Environment } from "../lib/environment.ts";
import { EXIT } from "../lib/exit-status.ts";
import type { Failure } from "../lib/failure/failure.ts";
import { print } from "../lib/print.ts";
import { count, joinSentences } from "../lib/text/show.ts";
import type { PlanConfig } from "./config.ts";
import { lineOfRemark } from "./discover/writable.ts";
import { findNodeImage, needsNodeImage } from "./find-image.ts";
import { findHost } from "./host.ts";
import { choose, type Chosen } from "./plan/choose.ts";
import type { Outline, Row } from "./plan/outline.ts";
import { showJson } from "./plan/show-json.ts";
import { showTable } from "./plan/show-table.ts";
import { findScripts, prepare, type Found, type Prepared, type Refusal } from "./prepare.ts";
import { createContentOf } from "./record/content.ts";
import { lookAtRecord } from "./record/open-record.ts";
import { openState } from "./record/state.ts";

/** `init plan`: what would run, in order, and why something would not; resolves to the exit status. */
export async function plan(config: PlanConfig, env: Environment): Promise<number> {
  const host = findHost(env, showNow);
  const state = openState(config.stateDir, showNow);
  const found = findScripts(config.scripts, host.env.PATH);
  if (!found.ok) {
    if (config.output === "json") print(1, showJson(outlineOfRefusal(config, found.error)));
    return refuse(found.error);
  }
  const { scripts, remarks } = found.value;
  remarks.map(lineOfRemark).forEach(showNow);
  const chosen = choose(scripts, config);
  const left = scripts.filter(({ name }) => !chosen.skips.has(name));
  const image = await findNodeImage(config, host, left, showNow);
  const nodeImage = image.ok ? image.value : undefined;
  const contentOf = createContentOf(config.scripts, found.value.skipped, host.env);
  const facts = { nodeImage, hostRoot: host.hostRoot, action: "run", contentOf } as const;
  const history = await lookAtRecord(state, showNow);
  await state.settle();
  await state.end();
  const whole = prepare(chosen, facts, config, history);
  const refusal = refusalOf(image, whole);
  const unknown = new Set(
    left
      .filter(
        (script) =>
          (!image.ok && needsNodeImage(script)) ||
          (!whole.ok && script.settings.nodeImage !== undefined),
      )
      .map(({ name }) => name),
  );
  const isUnknown = (name: string): boolean => unknown.has(name);
  const known = chosen.scripts.filter(({ name }) => !isUnknown(name));
  const prepared = whole.ok
    ? whole
    : prepare({ ...chosen, scripts: known }, facts, config, history);
  if (!prepared.ok) return refuse(prepared.error);
  const outline = outlineOf(
    { ...found.value, scripts: chosen.scripts },
    prepared.value,
    isUnknown,
    config,
  );
  const wrong = chosen.refusal ? [...chosen.remarks, chosen.refusal] : chosen.remarks;
  const problems = [...wrong, ...(refusal === undefined ? [] : problemsOf(refusal))];
  print(1, (config.output === "json" ? showJson : showTable)({ ...outline, problems }));
  showProblems(wrong.map(sentenceOf));
  if (refusal !== undefined) return refuse(refusal);
  return statusOfChoice(chosen);
}

/** Globs that do nothing are mistakes in the command line; a run only warns of those of --skip and --warn. */
function statusOfChoice({ remarks, refusal }: Chosen): number {
  if (refusal?.code === "NothingRun") return EXIT.cannot;
  return remarks.length === 0 && refusal === undefined ? EXIT.success : EXIT.usage;
}

function refusalOf(
  image: Awaited<ReturnType<typeof findNodeImage>>,
  whole: ReturnType<typeof prepare>,
): Refusal | undefined {
  if (!image.ok) return { problems: [], failure: image.error };
  return whole.ok ? undefined : whole.error;
}

function outlineOf(
  { scripts, skipped }: Found,
  { steps, facts, notes }: Prepared,
  isUnknown: (name: string) => boolean,
  config: PlanConfig,
): Outline {
  const skips = new Map(steps.map(({ script, skip }) => [script.name, skip]));
  const rows = scripts.map((script): Row => {
    if (isUnknown(script.name))
      return { script, action: "unknown", reason: "the node image is unknown" };
    const skip = skips.get(script.name);
    return { script, action: skip === undefined ? "run" : "skip", reason: skip ?? "" };
  });
  const { nodeImage, nodeVersion } = facts;
  const { scripts: directory, timeoutMs } = config;
  return { directory, nodeImage, nodeVersion, notes, rows, skipped, problems: [], timeoutMs };
}

function outlineOfRefusal(
  { scripts: directory, timeoutMs }: PlanConfig,
  refusal: Refusal,
): Outline {
  const nothing = {
    nodeImage: undefined,
    nodeVersion: undefined,
    notes: [],
    rows: [],
    skipped: [],
  };
  return { ...nothing, directory, timeoutMs, problems: problemsOf(refusal) };
}

function problemsOf({ problems, failure }: Refusal): readonly Failure[] {
  return problems.length === 0 ? [failure] : problems;
}

function refuse({ problems, failure }: Refusal): number {
  const end =
    problems.length === 0
      ? sentenceOf(failure)
      : `nothing would run: ${count(problems.length, "problem")} found`;
  return showProblems([...problems.map(sentenceOf), end]);
}

function sentenceOf({ cause, fix }: Failure): string {
  return joinSentences(cause, fix);
}

function showProblems(problems: readonly string[]): number {
  problems.forEach(showNow);
  return EXIT.cannot;
}

function showNow(text: string): void {
  print(2, `${text}\n`);
}
