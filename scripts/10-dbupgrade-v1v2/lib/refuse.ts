/** Refusals in words, with what was looked at and the way on. */
import { type Failure, failureOf } from "../../../src/lib/failure/failure.ts";
import { DATABASE_FORMAT } from "../../../src/lib/failure/topics/database-format.ts";
import { DATABASE_FILES } from "../../../src/lib/failure/topics/database-files.ts";
import { DBUPGRADE } from "../../../src/lib/failure/topics/dbupgrade.ts";
import type { Why } from "./decide/decide.ts";
import type { Case } from "./examine.ts";
import type { Format } from "./key-codec.ts";
import { nameOfDatabase } from "./look/layout.ts";
import { isTaken, linkTarget } from "./look/place.ts";
import { SETTING, wordFile } from "./look/word.ts";
import type { Request } from "./request.ts";
import * as say from "./wording.ts";

/** Why databases of a node are left as they are; empty if nothing is against it. */
export function refusalsOf(cases: readonly Case[], request: Request): Failure[] {
  return cases.flatMap((one) =>
    one.decision.do === "refuse" ? [refusalOf(one, one.decision.why, request)] : [],
  );
}

export function refusalOf(one: Case, why: Why, request: Request): Failure {
  const { paths, unreadable } = one;
  const { current: database } = paths;
  switch (why) {
    case "link-broken":
      return failureOf(DATABASE_FILES, "DatabaseLinkBroken", {
        database,
        target: linkTarget(database) ?? "",
      });
    case "not-a-directory":
      return failureOf(DATABASE_FILES, "DatabaseNotADirectory", { database });
    case "database-missing":
      return databaseMissing(one);
    case "v2-unreadable":
      return say.v2Unreadable(paths, one.evidence.change === "exchanged", request.nodeVersion);
    case "version-unknown":
      return say.versionUnknown(paths, request.nodeImage);
    case "keys-unreadable":
      return unreadable ?? say.unreadable(database, "no reason given");
    case "keys-foreign":
      return say.foreign(paths, one.opened?.keys.foreign ?? "");
    case "marker-contradicted":
      return failureOf(DATABASE_FORMAT, "FormatMarkerContradicted", {
        database,
        marker: paths.marker,
      });
    case "blobs-missing":
      return blobsMissing(one, request);
    case "formats-mixed":
      return failureOf(DATABASE_FORMAT, "DatabaseFormatsMixed", { database, keys: countsOf(one) });
    case "format-unknown":
      return formatUnknown(one, request);
  }
}

/** Two commands: one goes on with what is left, the other starts anew. */
function databaseMissing({ paths, evidence }: Case): Failure {
  const { current: database, old, next } = paths;
  const left = isTaken(old) ? old : next;
  const put = evidence.place === "empty" ? `rmdir ${database} && ` : "";
  return failureOf(DATABASE_FILES, "DatabaseMissing", {
    database,
    left,
    back: `${put}mv ${left} ${database}`,
    anew: `mv ${left} ${left}.1`,
  });
}

function formatUnknown(one: Case, request: Request): Failure {
  const old = `${isTaken(one.paths.old) ? "a" : "no"} ${nameOfDatabase(one.paths)}-old`;
  const previous = `previous node image ${request.previousNodeImage ?? "unknown"}`;
  return failureOf(DATABASE_FORMAT, "DatabaseFormatUnknown", {
    database: one.paths.current,
    keys: countsOf(one),
    beside: [blobsOf(one), markerOf(one), old, previous].join("; "),
    ...waysToDecide(one, request),
  });
}

function blobsMissing(one: Case, request: Request): Failure {
  const { paths, opened } = one;
  const keys = opened?.keys;
  const { onlyV1 = 0, onlyV2 = 0 } = keys?.fits ?? {};
  const isMostlyV1 = onlyV1 >= onlyV2;
  const format = isMostlyV1 ? "v1" : "v2";
  const missing = keys === undefined ? 0 : keys.fits.neither + (isMostlyV1 ? onlyV2 : onlyV1);
  return failureOf(DATABASE_FORMAT, "VolumeBlobMissing", {
    database: paths.current,
    inode: (isMostlyV1 ? keys?.missingInV1 : keys?.missingInV2) ?? "",
    directory: paths.dataDirectory,
    missing: String(missing),
    format,
    keys: countsOf(one),
    ...waysToDecide(one, request, format),
  });
}

/** `60 keys: 0 fit only v1, 0 only v2, 60 both, 0 neither`. */
function countsOf({ opened }: Case): string {
  if (opened === undefined) return "";
  const { keys, fits } = opened.keys;
  return `${keys} keys: ${fits.onlyV1} fit only v1, ${fits.onlyV2} only v2, ${fits.both} both, ${fits.neither} neither`;
}

function blobsOf({ evidence: { blobs } }: Case): string {
  if (blobs.length === 0) return "no volume has a blob";
  return `${blobs.length} ${blobs.length === 1 ? "volume has" : "volumes have"} blobs`;
}

function markerOf({ paths, seen, evidence }: Case): string {
  if (!isTaken(paths.marker)) return "no marker";
  const named = seen.marks[0];
  if (named === undefined) return "a marker that cannot be read";
  if (evidence.mark === "none" && named.identity === seen.current.identity)
    return "a marker of a later state of the database";
  return `a marker of another database (${named.identity.slice(0, 40)})`;
}

/** The setting and the file by which an operator decides about this database alone. */
function waysToDecide(
  { paths, seen, remarks }: Case,
  { nodeNames }: Request,
  format: Format = "v1",
) {
  const note = remarks.length === 0 ? {} : { note: remarks.join("; ") };
  return {
    setting: `${SETTING}=${nodeNames[0] ?? "<node>"}/${nameOfDatabase(paths)}`,
    file: wordFile(paths, seen.current, format),
    ...note,
  };
}

/** Where some databases are v2 by an earlier run and others are refused, no node image can use all. */
export function halfDone(cases: readonly Case[], { dataDirectory }: Request): Failure[] {
  const isV2 = ({ decision, seen }: Case) =>
    decision.do === "keep-old" ||
    decision.do === "put-v2-in-place" ||
    (decision.do === "nothing" &&
      decision.because === "is-v2" &&
      seen.mark?.upgradedFrom !== undefined);
  const upgraded = cases.filter(isV2).map(({ paths }) => paths);
  const others = cases.filter(
    ({ decision }) => decision.do === "refuse" || decision.do === "upgrade",
  );
  if (upgraded.length === 0 || others.length === 0) return [];
  const back = upgraded
    .filter(({ old }) => isTaken(old))
    .map(({ current, old }) => `mv ${current} ${current}.v2 && mv ${old} ${current}`)
    .join(" && ");
  return [
    failureOf(DBUPGRADE, "UpgradeHalfDone", {
      directory: dataDirectory,
      v2: upgraded.map(nameOfDatabase).join(", "),
      others: others.map(({ paths }) => nameOfDatabase(paths)).join(", "),
      ...(back === "" ? {} : { back }),
    }),
  ];
}
