#!/usr/bin/env bun
// init: kind=check timeout=30s
import { thisHost } from "../../src/lib/linux/host.ts";
import { checkMountPropagation } from "./lib/mount-propagation.ts";
import { report } from "./lib/report.ts";

report(checkMountPropagation(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env), process.env);
