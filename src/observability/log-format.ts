import type { Configuration } from '../config/configuration.js';
import { textLine } from './text-line.js';

type LogFormat = Configuration['log']['format'];
type ToLine = (record: Record<string, unknown>) => string;

const TO_LINE: Record<LogFormat, ToLine> = {
  json: (record) => `${JSON.stringify(record)}\n`,
  json_pretty: (record) => `${JSON.stringify(record, null, 2)}\n`,
  text: textLine,
};

/** Converts a record to the text of the log. */
export function lineFormat(format: LogFormat): ToLine {
  return TO_LINE[format];
}
