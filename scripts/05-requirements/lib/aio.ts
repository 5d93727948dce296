import { join } from "node:path";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { failure, type Finding, met, warning } from "./finding.ts";
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
    return failure(
      "cannot use asynchronous I/O: /proc/sys/fs/aio-max-nr is absent, so this kernel is built without it",
      "Run a kernel with CONFIG_AIO=y on the node.",
    );
  }
  return judgeAio({ taken: Number(taken), max: Number(max) }, needed.value);
}

/** A node that finds none left cannot serve a volume; one with few can serve some. */
export function judgeAio({ taken, max }: AioRequests, needed: number): Finding {
  if (taken >= max) {
    return failure(
      `no asynchronous I/O is left: fs.aio-nr is ${taken} and fs.aio-max-nr ${max}`,
      setSysctl("fs.aio-max-nr", Math.max(needed, 2 * max)),
    );
  }
  if (max < needed) {
    return warning(
      `fs.aio-max-nr is ${max}, below the recommended ${needed}: volumes can run out of asynchronous I/O`,
      setSysctl("fs.aio-max-nr", needed),
    );
  }
  return met(`asynchronous I/O: fs.aio-max-nr is ${max}, of which ${taken} are taken`);
}

function setSysctl(name: string, value: number): string {
  return `Set it on the node: a line "${name} = ${value}" in a file of /etc/sysctl.d, then sysctl --system.`;
}
