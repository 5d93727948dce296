#!/usr/bin/env bun
// init: kind=check timeout=30s
import { thisHost } from "../../src/node/host.ts";
import { checkAio } from "../../src/requirements/aio.ts";
import { tell } from "../../src/requirements/tell.ts";

tell(checkAio(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env), process.env);
