import type { Entries } from "../failure.ts";

const SCRIPT = "10-dbupgrade-v1v2";

/** How an operator decides about one database: `setting` lacks only `=v1` or `=v2`. */
type Ways = { setting: string; file: string; note?: string };
type FormatUnknown = Ways & { database: string; keys: string; beside: string };
type BlobMissing = Ways & {
  database: string;
  missing: string;
  inode: string;
  directory: string;
  format: string;
  keys: string;
};

function waysOf({ setting, file }: Ways, format: string): string {
  return `set ${setting}=${format}, or on the node: touch ${file}`;
}

function noted(note: string | undefined): string {
  return note === undefined ? "" : `; ${note}`;
}

/** Which format a metadata database has, and what may use it. */
export const DATABASE_FORMAT = {
  DatabaseKeysForeign: {
    title: "A database holds keys that fit neither v1 nor v2",
    meaning: "Keys of both formats have 16 bytes. Nothing was changed.",
    remedy: "Ask for help, with the whole message.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; key: string; bytes: string }) =>
      `cannot upgrade ${p.database}: its key ${p.key} has ${p.bytes} bytes, and a v1 key has 16, so it is not v1 as this program knows it`,
    fix: () => "Nothing was changed. Ask for help before going on.",
    example: { database: "/var/lib/storageos/data/db", key: "0xabcd", bytes: "2" },
  },
  VolumeBlobMissing: {
    title: "The block data of a volume is missing",
    meaning:
      "Keys of the database are of a volume that has no file of block data in any dev directory. Nothing was changed.",
    remedy:
      "Look for the file that the message names. If the volume was deleted, decide about the database with STORAGEOS_INIT_DB_FORMAT or with the file that the message names.",
    reportedBy: SCRIPT,
    cause: (p: BlobMissing) =>
      `cannot upgrade ${p.database}: ${p.missing} of its keys are of volumes without block data, the first of inode ${p.inode}, and vol.${p.inode}.<n>.blob is in no ${p.directory}/dev*. Most keys fit ${p.format} (${p.keys})${noted(p.note)}`,
    fix: (p: BlobMissing) =>
      `Nothing was changed. Look for that file. If the volume was deleted and the database is ${p.format}, decide it: ${waysOf(p, p.format)}`,
    example: {
      database: "/var/lib/storageos/data/db",
      missing: "12",
      inode: "9999",
      directory: "/var/lib/storageos/data",
      format: "v1",
      keys: "512 keys: 500 fit only v1, 0 only v2, 0 both, 12 neither",
      setting: "STORAGEOS_INIT_DB_FORMAT=worker-1/db",
      file: "/var/lib/storageos/data/db-is-v1-0a1b2c3d",
    },
  },
  DatabaseFormatUnknown: {
    title: "Nothing proves whether a database is v1 or v2",
    meaning:
      "Turned around, many v1 keys are possible v2 keys, and an upgrade of a v2 database would destroy it. So a database is upgraded only if its keys and the volumes' block data prove that it is v1. Nothing was changed.",
    remedy:
      "If you know the format, decide it with STORAGEOS_INIT_DB_FORMAT=<node>/<db>=v1 or =v2 (in the cluster's ConfigMap), or with the file that the message names. It counts only where nothing is proved, and for this database alone.",
    reportedBy: SCRIPT,
    cause: (p: FormatUnknown) =>
      `cannot determine whether ${p.database} is v1 or v2: ${p.keys}; ${p.beside}${noted(p.note)}`,
    fix: (p: FormatUnknown) =>
      `Nothing was changed. If you know its format, decide it: ${waysOf(p, "v1")} (or v2)`,
    example: {
      database: "/var/lib/storageos/data/db",
      keys: "60 keys: 0 fit only v1, 0 only v2, 60 both, 0 neither",
      beside: "no volume has a blob; no marker; no db-old; previous node image unknown",
      setting: "STORAGEOS_INIT_DB_FORMAT=worker-1/db",
      file: "/var/lib/storageos/data/db-is-v1-0a1b2c3d",
    },
  },
  DatabaseFormatsMixed: {
    title: "A database holds keys of both formats",
    meaning:
      "Some keys are surely v1 and others surely v2: files of two databases were mixed, or a node wrote to a database that it cannot read. Nothing was changed.",
    remedy: "Restore the database from a backup.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; keys: string }) =>
      `cannot upgrade ${p.database}: it holds keys of both v1 and v2 (${p.keys})`,
    fix: () =>
      "Nothing was changed. Restore the database from a backup of one format, or ask for help before going on.",
    example: {
      database: "/var/lib/storageos/data/db",
      keys: "20 keys: 10 fit only v1, 10 only v2, 0 both, 0 neither",
    },
  },
  FormatMarkerContradicted: {
    title: "The marker says v2, but the keys are v1",
    meaning:
      "The marker beside the database names it as upgraded, but its keys are v1: files of v1 were probably copied over it. Nothing was changed.",
    remedy:
      "Put the v2 files back. If the v1 files are the ones to keep, move the marker away; the next run upgrades them.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; marker: string }) =>
      `cannot use ${p.database}: ${p.marker} names it as v2, but its keys are v1`,
    fix: ({ marker }: { marker: string }) =>
      `Nothing was changed. Probably v1 files were copied over it: put the v2 files back or, to upgrade what is there now: mv ${marker} ${marker}.1`,
    example: {
      database: "/var/lib/storageos/data/db",
      marker: "/var/lib/storageos/data/db-format.json",
    },
  },
  DatabaseIsV2: {
    title: "The node image cannot read a v2 database",
    meaning: "Only nodes from 1.4.0 on read v2. A node that cannot read it would damage it.",
    remedy:
      "Use a node image of 1.4.0 or later, or go back to the v1 database that the upgrade kept.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; version: string; v1?: string }) =>
      `cannot use ${p.database} with node ${p.version}: it is a v2 database, which only nodes from 1.4.0 on can read`,
    fix: (p: { database: string; v1?: string }) => {
      const back =
        p.v1 === undefined
          ? "No v1 database is kept here to go back to."
          : `To go back to v1, and lose all that was written since the upgrade: mv ${p.database} ${p.database}.v2 && mv ${p.v1} ${p.database}.`;
      return `Use a node image of 1.4.0 or later. ${back}`;
    },
    example: {
      database: "/var/lib/storageos/data/db",
      version: "1.3.0",
      v1: "/var/lib/storageos/data/db-old",
    },
  },
  DatabaseIsV1: {
    title: "The node image does not read v1 databases",
    meaning: "Nodes from 2.0.0 on do not use databases of nodes 1.x. The database was not touched.",
    remedy:
      "Run a node of 1.4.0 or later below 2.0.0 first, then move the volumes to 2.x by copying their data.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; version: string }) =>
      `${p.database} is a v1 database, which node ${p.version} does not read; it was not touched`,
    fix: () =>
      "The supported way is to run a node of 1.4.0 or later below 2.0.0 first, which upgrades it to v2, and then to move the volumes to 2.x by copying their data.",
    example: { database: "/var/lib/storageos/data/db", version: "2.1.0" },
  },
  UpgradeNeedsVersion: {
    title: "Whether a database must be upgraded depends on the node's version, which is unknown",
    meaning: "The tag of the node image is not a version, and the database may be v1.",
    remedy: "Give the version with --node-version (STORAGEOS_INIT_NODE_VERSION).",
    reportedBy: SCRIPT,
    cause: (p: { database: string; image?: string }) =>
      `cannot determine whether ${p.database} must be upgraded: it may be a v1 database, and the tag of ${p.image === undefined ? "the node image" : `node image ${p.image}`} is not a version`,
    fix: () =>
      "Give the node's version with --node-version (STORAGEOS_INIT_NODE_VERSION), or use an image tag that is a version. Nothing was changed.",
    example: { database: "/var/lib/storageos/data/db", image: "storageos/node:latest" },
  },
} as const satisfies Entries;
