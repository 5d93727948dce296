#!/usr/bin/env bun
// init: kind=change timeout=0 strict=yes dry-run=yes
import { readFileSync } from "node:fs";
import type { Request } from "./lib/request.ts";
import { type End, supervise } from "./lib/supervise.ts";
import { SETTING } from "./lib/look/word.ts";
import { failOf, say, warnOf, wouldChange } from "../../src/lib/script-result.ts";

const { STORAGEOS_DATA_DIR, NODE_VERSION, NODE_IMAGE, PREVIOUS_NODE_IMAGE } = process.env;
/** The argument of the process that does the work; the supervisor's pid follows. */
const WORK = "work";

if (!Bun.isMainThread) await (await import("./lib/crew.ts")).serve();
else if (process.argv[2] === WORK) await work(Number(process.argv[3]));
else await report(await supervise([process.execPath, Bun.main, WORK, String(process.pid)]));

async function work(supervisor: number): Promise<void> {
  const { dieWith } = await import("./lib/libc.ts");
  if (!dieWith(supervisor)) return;
  const { upgradeDatabases } = await import("./lib/dbupgrade.ts");
  const done = await upgradeDatabases(requestOf(), { print: tell, warn: warnOf, wouldChange });
  if (!done.ok) failOf(done.error);
}

/** Ends as the work did. What it died of, or that it hangs, it could not report itself. */
async function report(end: End): Promise<void> {
  if (end.how === "exited") process.exit(end.status);
  const { processDied, notResponding } = await import("./lib/wording.ts");
  if (end.how === "silent") return failOf([notResponding(requestOf())]);
  const { whatIsLeft } = await import("./lib/left.ts");
  failOf([processDied(requestOf(), end.signal, whatIsLeft(requestOf()))]);
}

function requestOf(): Request {
  return {
    dataDirectory: STORAGEOS_DATA_DIR || "/var/lib/storageos/data",
    nodeVersion: NODE_VERSION || undefined,
    nodeImage: NODE_IMAGE || undefined,
    previousNodeImage: PREVIOUS_NODE_IMAGE || undefined,
    nodeNames: nodeNames(),
    formatSetting: process.env[SETTING] ?? "",
    isDryRun: (process.env["DRY_RUN"] ?? "") !== "",
  };
}

/** The Kubernetes name, if the pod's manifest gives it, and the host name, which it usually is in lower case. */
function nodeNames(): string[] {
  const hostname = readFileSync("/proc/sys/kernel/hostname", "utf8").trim();
  const names = [process.env["NODE_NAME"] ?? "", hostname, hostname.toLowerCase()];
  return [...new Set(names.filter(Boolean))];
}

/** Nobody reading any more is no reason to stop an upgrade. */
function tell(line: string): void {
  try {
    say(line);
  } catch {
    // the exit status tells
  }
}
