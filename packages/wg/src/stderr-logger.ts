import type { Logger } from '@heddle/core';
import type { LogLevel } from './invocation.js';

const SILENT = (): void => undefined;

/** One line an entry: `ERROR: (wg0) message {fields}`. Values that are keys redact themselves. */
export function stderrLogger(interfaceName: string, level: LogLevel, write: (line: string) => void): Logger {
  const at =
    (label: string) =>
    (fields: object, message: string): void =>
      write(`${label}: (${interfaceName}) ${message}${fieldText(fields)}\n`);
  const error = level === 'silent' ? SILENT : at('ERROR');
  const debug = level === 'verbose' ? at('DEBUG') : SILENT;
  return { debug, info: debug, warn: error, error };
}

function fieldText(fields: object): string {
  const text = JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? value.message : value));
  return text === '{}' ? '' : ` ${text}`;
}
