#!/usr/bin/env bun
// init: kind=change timeout=0
import { upgradeDatabases } from "./lib/dbupgrade.ts";
import { failOf, say, warnOf } from "../../src/lib/script-result.ts";

const { STORAGEOS_DATA_DIR, NODE_VERSION, NODE_IMAGE } = process.env;

if (Bun.isMainThread) await main();
else await (await import("./lib/crew.ts")).serve();

async function main(): Promise<void> {
  const done = await upgradeDatabases(
    {
      dataDirectory: STORAGEOS_DATA_DIR || "/var/lib/storageos/data",
      nodeVersion: NODE_VERSION || undefined,
      nodeImage: NODE_IMAGE || undefined,
    },
    { print: tell, warn: warnOf },
  );
  if (!done.ok) failOf([done.error]);
}

/** Nobody reading any more is no reason to stop an upgrade. */
function tell(line: string): void {
  try {
    say(line);
  } catch {
    // the exit status tells
  }
}
