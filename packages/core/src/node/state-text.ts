import { HeddleError } from '../errors/heddle-error.js';

/**
 * The text of a state file:
 *
 *   { "version": 1, "values": { "node-key": "…", … } }
 */
const VERSION = 1;
/** A larger file is not ours. */
export const LARGEST_STATE: number = 4 * 1024 * 1024;

export function writeState(values: ReadonlyMap<string, string>): string {
  return `${JSON.stringify({ version: VERSION, values: Object.fromEntries(values) }, undefined, 2)}\n`;
}

/** The values; undefined for a text that is no state; a state of a later version is a coded error, because it is not damaged. */
export function readState(text: string): Map<string, string> | undefined {
  const parsed = parse(text);
  if (!isObject(parsed) || typeof parsed.version !== 'number') return undefined;
  if (parsed.version > VERSION) throw newer(parsed.version);
  const values = parsed.values;
  if (parsed.version !== VERSION || !isObject(values)) return undefined;
  const entries = Object.entries(values);
  return entries.every(isEntry) ? new Map(entries) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

function newer(version: number): HeddleError {
  return new HeddleError(
    'HEDDLE_STATE_VERSION',
    `the state has version ${version}, this program knows ${VERSION}: use the program that wrote it, or another state directory`,
  );
}
