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
      what: "it has further column families: more (in MANIFEST-000005)",
    },
  },
  UpgradeHalfDone: {
    title: "Some databases of a node are v2 and others are not",
    meaning:
      "A node reads all of its databases in one format, so no node image can use them as they are.",
    remedy:
      "Fix what keeps the others from being upgraded, or take all back to v1 with the commands of the message.",
    reportedBy: SCRIPT,
    cause: (p: { directory: string; v2: string; others: string }) =>
      `cannot use the databases in ${p.directory} together: ${p.v2} is v2 and ${p.others} is not`,
    fix: ({ back }: { back?: string }) =>
      `Fix the other failure; the next run completes the upgrade.${back === undefined ? "" : ` To go back to v1 instead: ${back}`}`,
    example: {
      directory: "/var/lib/storageos/data",
      v2: "db",
      others: "db1",
      back: "mv /var/lib/storageos/data/db /var/lib/storageos/data/db.v2 && mv /var/lib/storageos/data/db-old /var/lib/storageos/data/db",
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
  UpgradeProcessDied: {
    title: "The process that upgrades the databases was killed or aborted",
    meaning:
      "The kernel killed it for lack of memory, somebody killed it, or librocksdb aborted. No data is lost: v1 is only read until v2 is verified.",
    remedy:
      "Look for the reason in the output above and in dmesg on the node. The next run removes what is unfinished and starts again, or completes what is nearly done.",
    reportedBy: SCRIPT,
    cause: (p: { directory: string; signal: string; left: string }) =>
      `cannot upgrade the databases in ${p.directory}: the process that does it was ended by ${p.signal}. What is left there: ${p.left}`,
    fix: () =>
      "No data is lost. Look for the reason in the output above and in dmesg (memory?); the next run starts again from there.",
    example: {
      directory: "/var/lib/storageos/data",
      signal: "SIGABRT",
      left: "db is unchanged, db-new is unfinished",
    },
  },
  UpgradeNotResponding: {
    title: "The upgrade of the databases makes no progress",
    meaning:
      "The process neither computed, read nor wrote for minutes, as on a disk that does not respond. No data is lost: v1 is only read until v2 is verified.",
    remedy: "Check the node's disk. The next run starts again from what is there.",
    reportedBy: SCRIPT,
    cause: (p: { directory: string; minutes: string }) =>
      `cannot upgrade the databases in ${p.directory}: no progress for ${p.minutes} minutes, so the disk probably does not respond`,
    fix: () =>
      "No data is lost. Check the disk (dmesg on the node), and restart the node if it is stuck; the next run starts again from what is there.",
    example: { directory: "/var/lib/storageos/data", minutes: "15" },
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
