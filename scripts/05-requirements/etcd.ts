#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkEtcd } from "./lib/etcd/check.ts";
import { report } from "./lib/report.ts";

report(await checkEtcd(process.env), process.env);
process.exit(); // a connection that hangs would hold it up
