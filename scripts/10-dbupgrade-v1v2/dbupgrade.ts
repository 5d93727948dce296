#!/usr/bin/env bun
// init: kind=change timeout=0
import { readFileSync } from "node:fs";
import { upgradeDatabases } from "./lib/dbupgrade.ts";
import { SETTING } from "./lib/look/word.ts";
import { failOf, say, warnOf } from "../../src/lib/script-result.ts";

const { STORAGEOS_DATA_DIR, NODE_VERSION, NODE_IMAGE, PREVIOUS_NODE_IMAGE } = process.env;

if (Bun.isMainThread) await main();
else await (await import("./lib/crew.ts")).serve();

async function main(): Promise<void> {
  const done = await upgradeDatabases(
    {
      dataDirectory: STORAGEOS_DATA_DIR || "/var/lib/storageos/data",
      nodeVersion: NODE_VERSION || undefined,
      nodeImage: NODE_IMAGE || undefined,
      previousNodeImage: PREVIOUS_NODE_IMAGE || undefined,
      nodeNames: nodeNames(),
      formatSetting: process.env[SETTING] ?? "",
    },
    { print: tell, warn: warnOf },
  );
  if (!done.ok) failOf(done.error);
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
