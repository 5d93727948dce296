import type { Paint } from "../../init/report/colour.ts";
import type { FleetReport } from "../report.ts";
import { showHtml } from "./html.ts";
import { showJson } from "./json.ts";
import { showMarkdown } from "./markdown.ts";
import { showTable } from "./table.ts";
import { showWide } from "./wide.ts";

/** What a report is shown on. */
export type Screen = {
  /** Columns of the terminal; Infinity where lines may be of any length. */
  readonly width: number;
  readonly paint: Paint;
};

/** A format of the report; the text ends with a newline. */
export type Show = (report: FleetReport, screen: Screen) => string;

export const FORMATS: Readonly<Record<"table" | "wide" | "json" | "markdown" | "html", Show>> = {
  table: showTable,
  wide: showWide,
  json: showJson,
  markdown: showMarkdown,
  html: showHtml,
};
