#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { checkClock } from "./lib/clock.ts";
import { tellAsWarning } from "./lib/tell.ts";

tellAsWarning(checkClock());
