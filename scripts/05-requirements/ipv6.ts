#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkIpv6 } from "../../src/requirements/ipv6.ts";
import { tell } from "../../src/requirements/tell.ts";

tell(checkIpv6(), process.env);
