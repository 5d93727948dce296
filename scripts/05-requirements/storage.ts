#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkStorage } from "./lib/storage.ts";
import { tell } from "./lib/tell.ts";

tell(checkStorage(process.env), process.env);
