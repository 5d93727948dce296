#!/usr/bin/env bun
// init: kind=check timeout=60s
import {
  describeLimits,
  judgeProcessLimits,
  readProcessLimits,
  readRequirements,
} from "./lib/process-limits.ts";
import { failOf, say, warnOf } from "../../src/lib/script-result.ts";

const hostRoot = process.env["HOST_ROOT"] ?? "/";
const found = readProcessLimits({ root: "/", hostRoot, pid: process.pid });
for (const line of describeLimits(found)) say(line);

const required = readRequirements(process.env);
if (!required.ok) failOf([required.error]);

const { warnings, failure } = judgeProcessLimits(found, required.value);
for (const warning of warnings) warnOf(warning);
if (failure !== undefined) failOf([failure]);
