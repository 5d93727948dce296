#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { thisHost } from "../../src/lib/linux/host.ts";
import { checkHostname } from "./lib/hostname.ts";
import { reportAsWarning } from "./lib/report.ts";

reportAsWarning(await checkHostname(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env));
