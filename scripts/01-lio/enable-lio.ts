#!/usr/bin/env bun
// init: kind=change timeout=60s dry-run=yes undo=yes
import { thisHost } from "../../src/lib/linux/host.ts";
import { hostModprobe, unloadModule } from "../../src/lib/linux/modules/modprobe.ts";
import { failOf, say, warnOf, wouldChange } from "../../src/lib/script-result.ts";

const { env } = process;
const host = thisHost(env["HOST_ROOT"] ?? "/");
const stateDirectory = env["STATE_DIR"] ?? "";

if (env["INIT_ACTION"] === "undo") await undo();
else if (env["DRY_RUN"]) await preview();
else await enable();

async function enable(): Promise<void> {
  const { enableLio } = await import("./lib/enable.ts");
  const { done, result } = await enableLio({ host, env, modprobe: hostModprobe(host), say });
  if (done.loaded.length > 0 || done.hasMounted || done.hasMadeLoopback || done.bootFile) {
    const { noteDeeds } = await import("./lib/deeds.ts");
    const noted = noteDeeds(stateDirectory, done);
    if (!noted.ok) say(`init undo will not take this back: ${noted.error}`);
  }
  if (!result.ok) failOf(result.error);
  for (const warning of result.value) warnOf(warning);
}

async function preview(): Promise<void> {
  const { previewLio } = await import("./lib/preview.ts");
  const seen = previewLio({ host, env, modprobe: hostModprobe(host, { isDryRun: true }) });
  if (!seen.ok) failOf(seen.error);
  for (const change of seen.value.changes) wouldChange(change);
  for (const warning of seen.value.warnings) warnOf(warning);
}

async function undo(): Promise<void> {
  const { forgetDeeds, readDeeds } = await import("./lib/deeds.ts");
  const { undoLio } = await import("./lib/undo.ts");
  const undone = await undoLio({
    host,
    deeds: readDeeds(stateDirectory),
    rmmod: unloadModule,
    say,
  });
  if (!undone.ok) failOf([undone.error]);
  for (const warning of undone.value) warnOf(warning);
  if (undone.value.length === 0) forgetDeeds(stateDirectory);
}
