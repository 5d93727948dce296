#!/usr/bin/env bun
// init: kind=check timeout=60s
import {
  describeLimits,
  judgeProcessLimits,
  readProcessLimits,
  readRequirements,
} from "./lib/process-limits.ts";
import { failWith, say, warnWith } from "../../src/lib/script-result.ts";

const hostRoot = process.env["HOST_ROOT"] ?? "/";
const found = readProcessLimits({ root: "/", hostRoot, pid: process.pid });
for (const line of describeLimits(found)) say(line);

const required = readRequirements(process.env);
if (!required.ok) failWith(required.error.cause, required.error.fix);

const { warnings, failure } = judgeProcessLimits(found, required.value);
for (const { cause, fix } of warnings) warnWith(cause, fix);
if (failure !== undefined) failWith(failure.cause, failure.fix);
