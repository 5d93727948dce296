#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkStorage } from "./lib/storage.ts";
import { report } from "./lib/report.ts";

report(checkStorage(process.env), process.env);
