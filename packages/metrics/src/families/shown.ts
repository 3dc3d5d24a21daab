import type { ShownFamily } from '@heddle/core';
import type { MetricFamily, MetricSample } from '../family.js';

const OURS = '@heddle/';
const CORE = '@heddle/core';

/** `@heddle/transport-derp` shows `dials` as `heddle_transport_derp_dials_total`; core's own names stand right behind the prefix. */
export function shownName(plugin: string, name: string, type: ShownFamily['type']): string {
  const owner = plugin === CORE ? [] : [slug(plugin.startsWith(OURS) ? plugin.slice(OURS.length) : plugin)];
  const whole = ['heddle', ...owner, name].join('_');
  return type === 'counter' && !whole.endsWith('_total') ? `${whole}_total` : whole;
}

/** What a plugin shows, as everybody's families are. What it says wrongly costs itself alone: a reader of the text gives up all of it for one bad line. */
export function shownFamily({ plugin, name, type, says, labels, samples }: ShownFamily): MetricFamily {
  const kind = type === 'counter' ? 'counter' : 'gauge';
  return {
    name: shownName(plugin, name, kind),
    type: kind,
    help: String(says || `What ${plugin} shows as ${name}.`),
    labels: [...new Set(labels)],
    samples: samples.flatMap(sound),
  };
}

function sound(sample: MetricSample | undefined): readonly MetricSample[] {
  return typeof sample?.value === 'number' ? [{ labels: sample.labels ?? {}, value: sample.value }] : [];
}

function slug(plugin: string): string {
  return plugin
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}
