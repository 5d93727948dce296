#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkPorts } from "./lib/ports.ts";
import { tell } from "./lib/tell.ts";

tell(checkPorts(process.env), process.env);
