#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { checkKernel } from "./lib/kernel.ts";
import { reportAsWarning } from "./lib/report.ts";

reportAsWarning(checkKernel(process.env));
