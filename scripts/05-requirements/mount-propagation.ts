#!/usr/bin/env bun
// init: kind=check timeout=30s
import { thisHost } from "../../src/node/host.ts";
import { checkMountPropagation } from "../../src/requirements/mount-propagation.ts";
import { tell } from "../../src/requirements/tell.ts";

tell(checkMountPropagation(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env), process.env);
