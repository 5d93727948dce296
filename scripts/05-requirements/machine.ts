#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkMachine } from "./lib/machine.ts";
import { report } from "./lib/report.ts";

report(checkMachine(process.env), process.env);
