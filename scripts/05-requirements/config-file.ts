#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { checkConfigFile } from "../../src/requirements/config-file.ts";
import { tellAsWarning } from "../../src/requirements/tell.ts";

tellAsWarning(checkConfigFile(process.env));
