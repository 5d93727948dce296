import { failureOf } from "../../../src/lib/failure/failure.ts";
import { REQUIREMENTS } from "../../../src/lib/failure/topics/requirements.ts";
import { readFileSync } from "node:fs";
import { fail, ok, type Result } from "../../../src/lib/result.ts";
import { type Finding, met, warning } from "../../../src/lib/linux/checks/finding.ts";
import { type Environment, readString } from "./settings.ts";

/** Whether what an earlier installation left as the node's identity can be read. */
export function checkConfigFile(env: Environment): Finding {
  const path = readString(env, "STORAGEOS_CONFIG_FILE", "/var/lib/storageos/config.json");
  return judgeConfigFile(path, read(path));
}

/** @param content undefined if there is no file: a node that is new */
export function judgeConfigFile(
  path: string,
  content: Result<string | undefined, string>,
): Finding {
  if (!content.ok) return stale(path, content.error);
  if (content.value === undefined) return met(`${path}: absent, so this node is new`);
  if (content.value.trim() === "") return stale(path, "it is empty");
  try {
    const config: unknown = JSON.parse(content.value);
    const isObject = typeof config === "object" && config !== null && !Array.isArray(config);
    return isObject ? met(`${path}: readable`) : stale(path, "it is not a JSON object");
  } catch {
    return stale(path, "it is not JSON");
  }
}

function stale(path: string, why: string): Finding {
  return warning(failureOf(REQUIREMENTS, "NodeIdentityUnreadable", { path, why }));
}

function read(path: string): Result<string | undefined, string> {
  try {
    return ok(readFileSync(path, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return ok(undefined);
    return fail(code === "EISDIR" ? "it is a directory" : message);
  }
}
