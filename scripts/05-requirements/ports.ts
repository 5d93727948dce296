#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkPorts } from "../../src/requirements/ports.ts";
import { tell } from "../../src/requirements/tell.ts";

tell(checkPorts(process.env), process.env);
