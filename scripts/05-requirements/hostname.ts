#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { thisHost } from "../../src/node/host.ts";
import { checkHostname } from "../../src/requirements/hostname.ts";
import { tellAsWarning } from "../../src/requirements/tell.ts";

tellAsWarning(await checkHostname(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env));
