#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { checkConfigFile } from "./lib/config-file.ts";
import { reportAsWarning } from "./lib/report.ts";

reportAsWarning(checkConfigFile(process.env));
