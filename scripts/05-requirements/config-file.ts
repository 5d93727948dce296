#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { checkConfigFile } from "./lib/config-file.ts";
import { tellAsWarning } from "./lib/tell.ts";

tellAsWarning(checkConfigFile(process.env));
