/** What is wrong with the files of a database, as failures in words. */
import { join } from "node:path";
import { type Failure, failureOf } from "../../../src/lib/failure/failure.ts";
import { DATABASE_FILES } from "../../../src/lib/failure/topics/database-files.ts";
import { DBUPGRADE } from "../../../src/lib/failure/topics/dbupgrade.ts";
import type { Problem } from "./files/problem.ts";

export function unsound(database: string, problem: Problem): Failure {
  const { file } = problem;
  switch (problem.kind) {
    case "corrupt":
      return unreadable(database, `${file}: ${problem.why}`);
    case "unreadable":
      return unreadable(database, `${file}: ${problem.error}`);
    case "unsupported":
      return failureOf(DBUPGRADE, "DatabaseUnsupported", {
        database,
        what: `it has ${problem.what} (in ${file})`,
      });
    case "missing":
      return incomplete(database, `its file ${file} is missing (${problem.why})`);
    case "gap": {
      const { from, to } = problem;
      return incomplete(database, `no file holds its writes ${from} to ${to} (${file} shows it)`);
    }
    case "unknown-table":
      return failureOf(DATABASE_FILES, "DatabaseFilesUnexpected", {
        database,
        file: join(database, file),
        what: "is a table file that the database does not know",
      });
  }
}

function unreadable(database: string, error: string): Failure {
  return failureOf(DBUPGRADE, "DatabaseUnreadable", { database, error });
}

function incomplete(database: string, what: string): Failure {
  return failureOf(DATABASE_FILES, "DatabaseIncomplete", { database, what });
}

/** RocksDB aborts the process that opens a database with these in its write-ahead log. */
export function abortsRocksDb(problem: Problem): boolean {
  return problem.kind === "unsupported" && problem.file.endsWith(".log");
}
