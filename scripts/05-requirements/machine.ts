#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkMachine } from "../../src/requirements/machine.ts";
import { tell } from "../../src/requirements/tell.ts";

tell(checkMachine(process.env), process.env);
