#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { thisHost } from "../../src/lib/linux/host.ts";
import { checkSelinux } from "./lib/selinux.ts";
import { reportAsWarning } from "./lib/report.ts";

reportAsWarning(checkSelinux(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env));
