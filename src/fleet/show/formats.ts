import type { OutputFormat } from "../config.ts";
import { showHtml } from "./html.ts";
import { showJson } from "./json.ts";
import { showMarkdown } from "./markdown.ts";
import type { Show } from "./show.ts";
import { showTable } from "./table.ts";
import { showWide } from "./wide.ts";

export const FORMATS: Readonly<Record<OutputFormat, Show>> = {
  table: showTable,
  wide: showWide,
  json: showJson,
  markdown: showMarkdown,
  html: showHtml,
};
