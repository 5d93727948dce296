#!/usr/bin/env bun
// init: kind=change timeout=60s dry-run=yes
import { thisHost } from "../../src/lib/linux/host.ts";
import { failOf, say, warnOf, wouldChange } from "../../src/lib/script-result.ts";
import { enableLio } from "./lib/enable.ts";
import { hostModprobe } from "../../src/lib/linux/modules/modprobe.ts";
import { previewLio } from "./lib/preview.ts";

const { env } = process;
const host = thisHost(env["HOST_ROOT"] ?? "/");

if (env["DRY_RUN"]) preview();
else await enable();

async function enable(): Promise<void> {
  const enabled = await enableLio({ host, env, modprobe: hostModprobe(host), say });
  if (!enabled.ok) failOf(enabled.error);
  for (const warning of enabled.value) warnOf(warning);
}

function preview(): void {
  const seen = previewLio({ host, env, modprobe: hostModprobe(host, { isDryRun: true }) });
  if (!seen.ok) failOf(seen.error);
  for (const change of seen.value.changes) wouldChange(change);
  for (const warning of seen.value.warnings) warnOf(warning);
}
