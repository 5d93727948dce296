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
  DatabaseMissing: {
    title: "A database is missing, and what an earlier change left is beside it",
    meaning:
      "There is no db, but a db-old or db-new: somebody began to go back to v1, or to clean up. Without its database the node would start empty. Nothing was changed.",
    remedy: "Move the database back, or move what is left away, with the commands of the message.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; left: string }) =>
      `cannot find a database at ${p.database}, but ${p.left} is beside it`,
    fix: (p: { back: string; anew: string }) =>
      `Nothing was changed. To use it: ${p.back}. To let the node start empty: ${p.anew}`,
    example: {
      database: "/var/lib/storageos/data/db",
      left: "/var/lib/storageos/data/db-old",
      back: "mv /var/lib/storageos/data/db-old /var/lib/storageos/data/db",
      anew: "mv /var/lib/storageos/data/db-old /var/lib/storageos/data/db-old.1",
    },
  },
  DatabaseLinkBroken: {
    title: "A database is a link to something that is missing",
    meaning: "The disk that the link points to is probably not mounted.",
    remedy: "Mount the disk, or remove the link if the node is to start empty.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; target: string }) =>
      `cannot use ${p.database}: it is a link to ${p.target}, which is missing`,
    fix: () =>
      "Mount the disk that holds it, or remove the link if the node is to start without it.",
    example: { database: "/var/lib/storageos/data/db", target: "/mnt/disk/db" },
  },
  DatabaseNotADirectory: {
    title: "What has the name of a database is not a directory",
    meaning: "A database is a directory; a file or a device has its name.",
    remedy: "Move it away.",
    reportedBy: SCRIPT,
    cause: ({ database }: { database: string }) => `cannot use ${database}: it is not a directory`,
    fix: ({ database }: { database: string }) =>
      `Nothing was changed. Move it away: mv ${database} ${database}.1`,
    example: { database: "/var/lib/storageos/data/db" },
  },
  DatabaseNotMovable: {
    title: "A database cannot change places with its v2",
    meaning:
      "The upgrade puts v2 in place by renaming. A mount point cannot be renamed, and behind a link v2 would be on another disk. Nothing was changed.",
    remedy:
      "Make it a plain directory in the data directory, with the commands of the message, or mount the whole data directory instead.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; what: string }) => `cannot upgrade ${p.database}: ${p.what}`,
    fix: ({ how }: { how: string }) =>
      `Nothing was changed. With the node stopped, make it a plain directory: ${how}`,
    example: {
      database: "/var/lib/storageos/data/db",
      what: "it is a mount point",
      how: "cp -a /var/lib/storageos/data/db /var/lib/storageos/data/db.copy && umount /var/lib/storageos/data/db && rmdir /var/lib/storageos/data/db && mv /var/lib/storageos/data/db.copy /var/lib/storageos/data/db",
    },
  },
  DatabaseFilesUnexpected: {
    title: "A database directory holds a file that does not belong there",
    meaning:
      "A table file that the database does not know may hold data that would be lost, and a FIFO or device would be waited for. Nothing was changed.",
    remedy: "Find out where the file came from, and move it away.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; file: string; what: string }) =>
      `cannot upgrade ${p.database}: ${p.file} ${p.what}`,
    fix: (p: { file: string }) =>
      `Nothing was changed. Find out where it came from, then move it away: mv ${p.file} /tmp/`,
    example: {
      database: "/var/lib/storageos/data/db",
      file: "/var/lib/storageos/data/db/000042.sst",
      what: "is a table file that the database does not know",
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
