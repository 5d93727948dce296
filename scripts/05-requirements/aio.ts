#!/usr/bin/env bun
// init: kind=check timeout=30s
import { thisHost } from "../../src/lib/linux/host.ts";
import { checkAio } from "./lib/aio.ts";
import { tell } from "./lib/tell.ts";

tell(checkAio(thisHost(process.env["HOST_ROOT"] ?? "/"), process.env), process.env);
