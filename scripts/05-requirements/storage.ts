#!/usr/bin/env bun
// init: kind=check timeout=30s
import { checkStorage } from "../../src/requirements/storage.ts";
import { tell } from "../../src/requirements/tell.ts";

tell(checkStorage(process.env), process.env);
