#!/usr/bin/env bun
// init: kind=change timeout=60s
import { thisHost } from "../../src/lib/linux/host.ts";
import { failOf, say, warnOf } from "../../src/lib/script-result.ts";
import { enableLio } from "./lib/enable.ts";
import { hostModprobe } from "../../src/lib/linux/modules/modprobe.ts";

const host = thisHost(process.env["HOST_ROOT"] ?? "/");
const enabled = await enableLio({ host, env: process.env, modprobe: hostModprobe(host), say });
if (!enabled.ok) failOf(enabled.error);
for (const warning of enabled.value) warnOf(warning);
