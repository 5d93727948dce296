#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkPorts } from "./lib/ports.ts";
import { report } from "./lib/report.ts";

report(checkPorts(process.env), process.env);
