/** An operator's word on a database's format, for where nothing in the database proves it. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { Word } from "./evidence.ts";
import type { Format } from "../key-codec.ts";
import type { Request } from "../request.ts";
import { type Paths, nameOfDatabase } from "./layout.ts";
import type { Mark } from "./marker.ts";
import { type Standing, fingerprintOf, nameOf } from "./standing.ts";

/** `<node>/<db>=v1`, several of them with commas between. */
export const SETTING = "STORAGEOS_INIT_DB_FORMAT";
const ENTRY = /^([^\s/=,]+)\/(db\d*)=(v1|v2)$/;

const FORMATS: readonly Format[] = ["v1", "v2"];

export type Words = {
  /** What counts; none if there are several that differ. */
  readonly word: Word | undefined;
  /** Why something that an operator gave does not count. */
  readonly remarks: readonly string[];
};

/**
 * The setting names a node and a database by name. So that it does nothing to another database that
 * has the name later, it counts once: not if it decided about another one of that name before. The
 * file's name holds a fingerprint of the database, and so counts for this one in this state only.
 */
export function wordOn(
  paths: Paths,
  standing: Standing,
  marks: readonly Mark[],
  { formatSetting, nodeNames }: Pick<Request, "formatSetting" | "nodeNames">,
): Words {
  const entries = formatSetting
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
  const remarks = entries
    .filter((entry) => !ENTRY.test(entry))
    .map(
      (entry) => `${SETTING} holds ${JSON.stringify(entry)}, which is not <node>/<db>=v1 or =v2`,
    );
  const given: Word[] = entries.flatMap((entry) => {
    const [, node = "", name, format] = ENTRY.exec(entry) ?? [];
    if (!nodeNames.includes(node) || name !== nameOfDatabase(paths)) return [];
    return [{ format: format as Format, from: `${SETTING}=${entry}` }];
  });
  const isUsed = marks.some(
    ({ decidedBy, upgradedFrom }) =>
      decidedBy.startsWith(SETTING) && upgradedFrom !== nameOf(standing),
  );
  if (isUsed && given.length > 0)
    remarks.push(`${SETTING} has decided about an earlier database of this name already`);
  const words = [...(isUsed ? [] : given), ...wordsOfFiles(paths, standing)];
  const formats = new Set(words.map(({ format }) => format));
  if (formats.size > 1) remarks.push(`${words.map(({ from }) => from).join(" and ")} contradict`);
  return { word: formats.size === 1 ? words[0] : undefined, remarks };
}

/** The file that says that the database, in the state it is in, is of a format. */
export function wordFile(paths: Paths, standing: Standing, format: Format): string {
  const name = `${nameOfDatabase(paths)}-is-${format}-${fingerprintOf(standing)}`;
  return join(paths.dataDirectory, name);
}

function wordsOfFiles(paths: Paths, standing: Standing): Word[] {
  return FORMATS.flatMap((format) => {
    const file = wordFile(paths, standing, format);
    return lstatSync(file, { throwIfNoEntry: false })?.isFile() ? [{ format, from: file }] : [];
  });
}
