import { chmodSync, chownSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Gives each file of a database the owner and the permissions that such a file has in another, so
 * that a node which is not root can still use it. Throws as chown(2) fails.
 */
export function makeFilesLike(model: string, database: string): void {
  const models = new Map(readdirSync(model).map((name) => [kindOf(name), join(model, name)]));
  const usual = models.get("MANIFEST") ?? model;
  for (const name of readdirSync(database)) {
    const path = join(database, name);
    if (!statSync(path).isFile()) continue;
    const { uid, gid, mode } = statSync(models.get(kindOf(name)) ?? usual);
    chownSync(path, uid, gid);
    chmodSync(path, mode & 0o777);
  }
}

/** `MANIFEST`, `OPTIONS`, `sst`, `log`, or the whole name. */
function kindOf(name: string): string {
  return /^(MANIFEST|OPTIONS)-\d+$/.exec(name)?.[1] ?? /^\d+\.(\w+)$/.exec(name)?.[1] ?? name;
}
