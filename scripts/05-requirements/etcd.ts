#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkEtcd } from "./lib/etcd/check.ts";
import { tell } from "./lib/tell.ts";

tell(await checkEtcd(process.env), process.env);
process.exit(); // a connection that hangs would hold it up
