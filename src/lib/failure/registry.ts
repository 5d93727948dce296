import type { Entries, Entry, Params } from "./failure.ts";
import { CLUSTER } from "./topics/cluster.ts";
import { DBUPGRADE } from "./topics/dbupgrade.ts";
import { DISCOVERY } from "./topics/discovery.ts";
import { RUN } from "./topics/run.ts";
import { RECORD } from "./topics/record.ts";
import { SCRIPTS } from "./topics/scripts.ts";

/** Failures that an operator meets in the same place. */
export type Topic = { readonly title: string; readonly entries: Entries };

/** Every failure of the project. Loaded to explain one, never to run a script. */
export const TOPICS: readonly Topic[] = [
  { title: "How scripts end", entries: SCRIPTS },
  { title: "The kernel and its limits", entries: RUN },
  { title: "Before the first script starts", entries: DISCOVERY },
  { title: "The state directory and its record", entries: RECORD },
  { title: "The Kubernetes API", entries: CLUSTER },
  { title: "Bundled script 10-dbupgrade-v1v2: the metadata database", entries: DBUPGRADE },
];

/** An entry with its code, and cause and fix for the values of its example. */
export type Explained = {
  readonly code: string;
  readonly entry: Entry;
  readonly cause: string;
  readonly fix: string;
};

/** All entries of a topic in their order. */
export function explainedEntries({ entries }: Topic): readonly Explained[] {
  return Object.entries(entries).map(([code, entry]) => {
    const { cause, fix, example } = entry as unknown as Entry<Params>;
    return { code, entry, cause: cause(example), fix: fix(example) };
  });
}
