#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { checkKernel } from "./lib/kernel.ts";
import { tellAsWarning } from "./lib/tell.ts";

tellAsWarning(checkKernel(process.env));
