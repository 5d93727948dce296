#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkEtcd } from "../../src/requirements/etcd/check.ts";
import { tell } from "../../src/requirements/tell.ts";

tell(await checkEtcd(process.env), process.env);
process.exit(); // a connection that hangs would hold it up
