#!/usr/bin/env bun
// init: kind=change timeout=60s
import { writeFileSync } from "node:fs";
import { thisHost } from "../../src/lib/linux/host.ts";
import { enableLio } from "./lib/enable.ts";
import { hostModprobe } from "./lib/modprobe.ts";

const host = thisHost(process.env["HOST_ROOT"] ?? "/");
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const enabled = await enableLio({ host, env: process.env, modprobe: hostModprobe(host), say });

const complaints = enabled.ok ? enabled.value : [enabled.error];
for (const text of complaints) process.stderr.write(`${enabled.ok ? "warning: " : ""}${text}\n`);
const messagePath = process.env["TERMINATION_MESSAGE_PATH"];
if (messagePath && complaints.length > 0) writeFileSync(messagePath, `${complaints.join("\n")}\n`);
process.exitCode = enabled.ok ? 0 : 1;
