#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { checkKernel } from "../../src/requirements/kernel.ts";
import { tellAsWarning } from "../../src/requirements/tell.ts";

tellAsWarning(checkKernel(process.env));
