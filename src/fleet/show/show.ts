import type { Paint } from "../../lib/text/paint.ts";
import type { FleetReport } from "../report.ts";

/** What a report is shown on. */
export type Screen = {
  /** Columns of the terminal; Infinity where lines may be of any length. */
  readonly width: number;
  readonly paint: Paint;
};

/** A format of the report; the text ends with a newline. */
export type Show = (report: FleetReport, screen: Screen) => string;
