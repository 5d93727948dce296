#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { thisHost } from "../../src/node/host.ts";
import { checkTcmu } from "../../src/requirements/tcmu.ts";
import { tellAsWarning } from "../../src/requirements/tell.ts";

tellAsWarning(checkTcmu(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env));
