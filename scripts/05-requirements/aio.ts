#!/usr/bin/env bun
// init: kind=check timeout=30s
import { thisHost } from "../../src/lib/linux/host.ts";
import { checkAio } from "./lib/aio.ts";
import { report } from "./lib/report.ts";

report(checkAio(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env), process.env);
