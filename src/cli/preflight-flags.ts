import type { PreflightConfig } from "../fleet/config.ts";
import { accessFlags } from "./fleet-flags.ts";
import { flagMaker, type FlagsOf } from "./flag.ts";

const { text, choice, duration, toggle } = flagMaker("preflight-");

export const PREFLIGHT_FLAGS = {
  namespace: text(
    "namespace",
    "NS",
    undefined,
    "where the pods run; made if it is missing, and removed after it. Default: one of its own",
    { letter: "n" },
  ),
  image: text("image", "IMAGE", `storageos/init:${VERSION}`, "the image with init and the scripts"),
  scripts: text("scripts", "DIR", "/scripts", "the scripts directory in the image"),
  nodeImage: text("node-image", "IMAGE", undefined, "the node image that is to be installed"),
  pullSecret: text(
    "image-pull-secret",
    "NAME",
    undefined,
    "Secret in the namespace, for the image",
  ),
  nodes: text("nodes", "LABELS", "all", "nodes to check, by their labels; all = every node"),
  output: choice("output", ["table", "wide", "json", "markdown", "html"], "format of the report", {
    letter: "o",
  }),
  timeoutMs: duration("timeout", "5m", "report after this, whoever has not answered"),
  printManifest: toggle("print-manifest", "", "show what would be created, and create nothing"),
  printRbac: text("print-rbac", "USER", undefined, "show the rights that a user needs for it"),
  ...accessFlags("preflight-"),
} as const satisfies FlagsOf<PreflightConfig>;
