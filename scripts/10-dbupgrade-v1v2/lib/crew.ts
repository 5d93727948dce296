/** The threads that do the parts of the work; they share the open databases, files and options. */
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import type { Content } from "./checksum.ts";
import { checkEntryKinds } from "./files/entry-kinds.ts";
import type { Problem } from "./files/problem.ts";
import type { SurveyedTable } from "./files/survey.ts";
import { type ReadJob, type ReadPart, readPart } from "./read-part.ts";
import { loadRocksDb } from "./rocksdb.ts";
import { type Tally, createSharedTally, readTally, tallyInto } from "./tally.ts";
import { type VerifyJob, verifyPart } from "./verify-part.ts";
import { type WriteJob, writePart } from "./write-part.ts";

type CheckJob = { readonly tables: readonly SurveyedTable[] };

type Work =
  | { readonly kind: "check"; readonly job: CheckJob }
  | { readonly kind: "read"; readonly job: ReadJob }
  | { readonly kind: "write"; readonly job: WriteJob }
  | { readonly kind: "verify"; readonly job: VerifyJob };

export type Crew = {
  /** What is wrong with the tables' entries. */
  readonly check: (jobs: readonly CheckJob[]) => Promise<Result<(Problem | undefined)[], string>>;
  /** Each gives the parts' results in the order of the jobs, or the first part's error. */
  readonly read: (jobs: readonly ReadJob[]) => Promise<Result<ReadPart[], string>>;
  readonly write: (jobs: readonly WriteJob[]) => Promise<Result<string[][], string>>;
  readonly verify: (jobs: readonly VerifyJob[]) => Promise<Result<Content[], string>>;
  /** Bytes of keys and values gone through so far. */
  readonly bytesDone: () => number;
};

/** The program's main file must call `serve` when it is run as a thread. */
export function createCrew(): Crew {
  const shared = createSharedTally();
  async function all(work: readonly Work[]): Promise<Result<never[], string>> {
    const results = await Promise.all(work.map(async (one) => inThread(shared, one)));
    const values: never[] = [];
    for (const result of results) {
      if (!result.ok) return result;
      values.push(result.value);
    }
    return ok(values);
  }
  return {
    check: async (jobs) => all(jobs.map((job) => ({ kind: "check", job }))),
    read: async (jobs) => all(jobs.map((job) => ({ kind: "read", job }))),
    write: async (jobs) => all(jobs.map((job) => ({ kind: "write", job }))),
    verify: async (jobs) => all(jobs.map((job) => ({ kind: "verify", job }))),
    bytesDone: () => readTally(shared),
  };
}

/** What such a thread does: its one job. */
export async function serve(): Promise<void> {
  const { parentPort, workerData } = await threads();
  const { work, shared } = workerData as { work: Work; shared: SharedArrayBuffer };
  parentPort?.postMessage(perform(work, tallyInto(shared)), []);
}

/** Loaded only where threads are needed: it takes milliseconds, and most runs have nothing to do. */
async function threads() {
  return import("node:worker_threads");
}

function perform(work: Work, tally: Tally): Result<unknown, string> {
  const rocks = loadRocksDb();
  if (!rocks.ok) return fail(rocks.error.cause);
  try {
    if (work.kind === "check") {
      const checked = checkEntryKinds(work.job.tables);
      return ok(checked.ok ? undefined : checked.error);
    }
    if (work.kind === "read") return readPart(rocks.value, work.job, tally);
    if (work.kind === "write") return writePart(rocks.value, work.job, tally);
    return verifyPart(work.job, tally);
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** A thread of its own for each job gives all its memory back when it ends. */
async function inThread(shared: SharedArrayBuffer, work: Work): Promise<Result<never, string>> {
  const { Worker } = await threads();
  const { promise, resolve } = Promise.withResolvers<Result<never, string>>();
  const worker = new Worker(Bun.main, { workerData: { work, shared } });
  worker.once("message", resolve);
  worker.once("error", (error) => resolve(fail(String(error))));
  worker.once("exit", (status) => resolve(fail(`a thread ended with status ${status}`)));
  const result = await promise;
  await worker.terminate();
  return result;
}
