#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { checkClock } from "../../src/requirements/clock.ts";
import { tellAsWarning } from "../../src/requirements/tell.ts";

tellAsWarning(checkClock());
