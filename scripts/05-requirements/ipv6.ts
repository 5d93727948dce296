#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkIpv6 } from "./lib/ipv6.ts";
import { report } from "./lib/report.ts";

report(checkIpv6(), process.env);
