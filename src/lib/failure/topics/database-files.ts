import type { Entries } from "../failure.ts";

const SCRIPT = "10-dbupgrade-v1v2";

/** Directories, links, mounts and files that keep a metadata database from being upgraded. */
export const DATABASE_FILES = {
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
  DatabaseIncomplete: {
    title: "A file of a database is missing",
    meaning:
      "What is left reads like a whole, older database, so what the missing file holds would be lost. A write-ahead log may be in another directory (RocksDB's setting wal_dir). Nothing was changed.",
    remedy:
      "Put the missing file back, from the directory or the backup that it is in, or restore the whole database from a backup.",
    reportedBy: SCRIPT,
    cause: (p: { database: string; what: string }) => `cannot upgrade ${p.database}: ${p.what}`,
    fix: ({ database }: { database: string }) =>
      `Nothing was changed. Put the missing file back into ${database}, from where it was moved to or from a backup, or restore the whole database from a backup.`,
    example: {
      database: "/var/lib/storageos/data/db",
      what: "its file 000012.log is missing (its LOG names it)",
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
} as const satisfies Entries;
