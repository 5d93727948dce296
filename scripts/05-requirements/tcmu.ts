#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { thisHost } from "../../src/lib/linux/host.ts";
import { checkTcmu } from "./lib/tcmu.ts";
import { reportAsWarning } from "./lib/report.ts";

reportAsWarning(checkTcmu(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env));
