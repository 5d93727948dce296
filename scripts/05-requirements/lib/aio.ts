import { failureOf } from "../../../src/lib/failure/failure.ts";
import { REQUIREMENTS } from "../../../src/lib/failure/topics/requirements.ts";
import { join } from "node:path";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { failure, type Finding, met, warning } from "../../../src/lib/linux/checks/finding.ts";
import { type Environment, readWholeNumber } from "./settings.ts";

/** In requests, all processes together (Documentation/admin-guide/sysctl/fs.rst). */
export type AioRequests = { readonly taken: number; readonly max: number };

/** Whether the kernel gives out enough asynchronous I/O. */
export function checkAio(host: Host, env: Environment): Finding {
  const needed = readWholeNumber(env, "STORAGEOS_MIN_AIO_MAX_NR", 1_048_576);
  if (!needed.ok) return needed.error;
  const max = readText(join(host.proc, "sys/fs/aio-max-nr"));
  const taken = readText(join(host.proc, "sys/fs/aio-nr"));
  if (max === undefined || taken === undefined) {
    return failure(failureOf(REQUIREMENTS, "AioMissing", { path: "/proc/sys/fs/aio-max-nr" }));
  }
  return judgeAio({ taken: Number(taken), max: Number(max) }, needed.value);
}

/** A node that finds none left cannot serve a volume; one with few can serve some. */
export function judgeAio({ taken, max }: AioRequests, needed: number): Finding {
  if (taken >= max) {
    const wanted = String(Math.max(needed, 2 * max));
    const about = { taken: String(taken), max: String(max), wanted };
    return failure(failureOf(REQUIREMENTS, "AioExhausted", about));
  }
  if (max < needed) {
    const about = { max: String(max), wanted: String(needed) };
    return warning(failureOf(REQUIREMENTS, "AioTooLow", about));
  }
  return met(`asynchronous I/O: fs.aio-max-nr is ${max}, of which ${taken} are taken`);
}
