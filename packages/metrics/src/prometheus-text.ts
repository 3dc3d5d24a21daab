import type { MetricFamily, MetricSample } from './family.js';

/** The media type of what prometheusText writes. */
export const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * The text format of Prometheus, version 0.0.4: for each family
 *
 *   # HELP name text
 *   # TYPE name counter
 *   name{label="value",…} 1
 *
 * A family without samples is left out.
 */
export function prometheusText(families: readonly MetricFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('');
}

function familyText({ name, type, help, labels, samples }: MetricFamily): string {
  const head = `# HELP ${name} ${escapedHelp(help)}\n# TYPE ${name} ${type}\n`;
  return head + samples.map((sample) => `${name}${labelText(labels, sample)} ${numberText(sample.value)}\n`).join('');
}

function labelText(labels: readonly string[], sample: MetricSample): string {
  if (labels.length === 0) return '';
  return `{${labels.map((label) => `${label}="${escapedValue(sample.labels[label] ?? '')}"`).join(',')}}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapedValue(text: string): string {
  return escapedHelp(text).replaceAll('"', '\\"');
}
