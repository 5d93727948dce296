import type { Entries } from "../failure.ts";

const SCRIPT = "10-dbupgrade-v1v2";

/** The upgrade of the metadata databases from v1 to v2. */
export const DBUPGRADE = {
  DataDirectoryUnreadable: {
    title: "The data directory cannot be listed",
    meaning: "The script looks for metadata databases there and cannot.",
    remedy: "Make the directory readable for the container, or set STORAGEOS_DATA_DIR to it.",
    reportedBy: SCRIPT,
    cause: (p: { directory: string; error: string }) => `cannot list ${p.directory}: ${p.error}`,
    fix: () =>
      "Make the data directory readable for this container, or set STORAGEOS_DATA_DIR to it.",
    example: { directory: "/var/lib/storageos/data", error: "EACCES: permission denied" },
  },
  DatabaseUnreadable: {
    title: "A database cannot be read",
    meaning: "RocksDB refuses to open the database, or to read part of it. Nothing was changed.",
    remedy:
      "Check the disk (dmesg on the node). If the disk is sound, restore the database from a backup.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; error: string }) => `cannot read ${p.database}: ${p.error}`,
    fix: () =>
      "Nothing was changed. Check the disk (dmesg); if it is sound, restore the database from a backup.",
    example: {
      database: "/var/lib/storageos/data/db",
      error: "Corruption: checksum mismatch in file MANIFEST-000005",
    },
  },
  DatabaseUnsupported: {
    title: "A database has something that no v1 database has",
    meaning:
      "It uses a feature of RocksDB that this program does not carry over to v2. Nothing was changed.",
    remedy: "Ask for help, with the whole message.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; what: string }) => `cannot upgrade ${p.database}: ${p.what}`,
    fix: () =>
      "Nothing was changed. No node below 1.4.0 makes such a database; ask for help before going on.",
    example: {
      database: "/var/lib/storageos/data/db",
      what: "it has further column families: more",
    },
  },
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
    remedy: "Look for the file that the message names.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; key: string; directory: string }) =>
      `cannot upgrade ${p.database}: its key ${p.key} is of an inode that has no vol.<inode>.<n>.blob in ${p.directory}/dev*, so it is not v1 as this program knows it`,
    fix: () =>
      "Nothing was changed. Look for the block data of that inode, or ask for help before going on.",
    example: {
      database: "/var/lib/storageos/data/db",
      key: "0x0000000000002000000000000000270f",
      directory: "/var/lib/storageos/data",
    },
  },
  DatabaseUpgradeFailed: {
    title: "The upgrade of a database failed",
    meaning: "Writing or verifying v2 failed. The v1 database is in place and unchanged.",
    remedy: "Fix the reported error; the next run starts again.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; error: string }) => `cannot upgrade ${p.database}: ${p.error}`,
    fix: () =>
      "The v1 database is in place and unchanged. Fix the reported error; the next run starts again.",
    example: {
      database: "/var/lib/storageos/data/db",
      error: "IO error: No space left on device",
    },
  },
  UpgradeRefusedBySystem: {
    title: "A system call failed while the databases were looked at",
    meaning: "No database was changed or lost.",
    remedy: "Fix the reported error; the next run starts again.",
    reportedBy: SCRIPT,
    cause: (p: { directory: string; error: string }) =>
      `cannot upgrade the databases in ${p.directory}: ${p.error}`,
    fix: () =>
      "No database was changed or lost. Fix the reported error; the next run starts again.",
    example: { directory: "/var/lib/storageos/data", error: "ENOTDIR: not a directory" },
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
  DatabaseInUse: {
    title: "A database is in use",
    meaning: "Another process, usually the node itself, has the database open.",
    remedy: "Stop the node container on this node, then let this pod start again.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; process: string }) =>
      `cannot upgrade ${p.database}: it is in use by ${p.process}`,
    fix: () => "Stop the node container on this node, then let this pod start again.",
    example: { database: "/var/lib/storageos/data/db", process: "process 4711 (storageos)" },
  },
  UpgradeAlreadyRunning: {
    title: "Another upgrade of the same databases is running",
    meaning: "Two pods must not upgrade the databases of one node at the same time.",
    remedy: "Wait for it to end; the next run continues from what it did.",
    reportedBy: SCRIPT,
    cause: ({ directory }: { directory: string }) =>
      `cannot lock ${directory}: another upgrade of its databases is running`,
    fix: () => "Wait for it to end; the next run goes on from what it did.",
    example: { directory: "/var/lib/storageos/data" },
  },
  DataDirectoryNotWritable: {
    title: "The data directory cannot be locked",
    meaning: "A database is upgraded only under its lock, and the lock's file cannot be opened.",
    remedy: "Make the data directory writable for root, on a file system mounted read-write.",
    reportedBy: SCRIPT,
    cause: (p: { path: string; error: string }) => `cannot lock ${p.path}: ${p.error}`,
    fix: () =>
      "Make the data directory writable for root, on a file system that is mounted read-write.",
    example: { path: "/var/lib/storageos/data/db", error: "EROFS: read-only file system" },
  },
  UpgradeSpaceMissing: {
    title: "The file system has too little room for the upgrade",
    meaning: "v1 is kept, so v2 needs as much room again. Nothing was written.",
    remedy: "Free the space that the message names.",
    reportedBy: SCRIPT,
    cause: (p: { directory: string; needed: string; free: string; missing: string }) =>
      `cannot upgrade in ${p.directory}: it needs ${p.needed} free and has ${p.free}`,
    fix: ({ missing }: { missing: string }) =>
      `Free ${missing} on that file system; nothing was changed.`,
    example: {
      directory: "/var/lib/storageos/data",
      needed: "2700 MB",
      free: "900 MB",
      missing: "1800 MB",
    },
  },
  DirectoryInTheWay: {
    title: "A directory is where the upgrade needs the name",
    meaning:
      "The upgrade keeps v1 under the name db-old. What is there now was not made by this upgrade, so it is not removed.",
    remedy: "Move the directory away, or remove it if its data is not needed.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; directory: string; use: string }) =>
      `cannot upgrade ${p.database}: ${p.directory} is already there, ${p.use}`,
    fix: (p: { directory: string }) =>
      `Nothing was changed. Move it away, or remove it if its data is no longer needed: mv ${p.directory} ${p.directory}.1`,
    example: {
      database: "/var/lib/storageos/data/db",
      directory: "/var/lib/storageos/data/db-old",
      use: "where its v1 is to be kept",
    },
  },
  DatabaseSwapFailed: {
    title: "The v2 database cannot be put in place",
    meaning: "Both databases are whole, but not both under their final names.",
    remedy: "Fix the reported error; the next run finishes the change.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; error: string }) =>
      `cannot put the v2 database in place at ${p.database}: ${p.error}`,
    fix: ({ database }: { database: string }) =>
      `Both databases are whole, under two of the names ${database}, ${database}-new and ${database}-old. Fix the reported error; the next run finishes the change.`,
    example: { database: "/var/lib/storageos/data/db", error: "EIO: rename" },
  },
  RocksDbMissing: {
    title: "librocksdb is missing in the image",
    meaning: "The database upgrade reads and writes databases with the system's librocksdb.",
    remedy: "Use an image that holds Debian's package librocksdb7.8, as the project's own does.",
    reportedBy: SCRIPT,
    cause: ({ error }: { error: string }) => error,
    fix: () => "Use an image that holds Debian's package librocksdb7.8, as the project's own does.",
    example: { error: "cannot find librocksdb.so in /usr/lib" },
  },
} as const satisfies Entries;
