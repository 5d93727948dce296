#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { checkClock } from "./lib/clock.ts";
import { reportAsWarning } from "./lib/report.ts";

reportAsWarning(checkClock());
