#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkIpv6 } from "./lib/ipv6.ts";
import { tell } from "./lib/tell.ts";

tell(checkIpv6(), process.env);
