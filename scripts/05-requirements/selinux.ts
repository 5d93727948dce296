#!/usr/bin/env bun
// init: kind=check timeout=30s on-failure=warn
import { thisHost } from "../../src/node/host.ts";
import { checkSelinux } from "../../src/requirements/selinux.ts";
import { tellAsWarning } from "../../src/requirements/tell.ts";

tellAsWarning(checkSelinux(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env));
