#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkMachine } from "./lib/machine.ts";
import { tell } from "./lib/tell.ts";

tell(checkMachine(process.env), process.env);
