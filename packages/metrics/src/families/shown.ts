import type { ShownFamily } from '@heddle/core';
import type { MetricFamily } from '../family.js';

const OURS = '@heddle/';
const CORE = '@heddle/core';

/** `@heddle/transport-derp` shows `dials` as `heddle_transport_derp_dials_total`; core's own names stand right behind the prefix. */
export function shownName(plugin: string, name: string, type: ShownFamily['type']): string {
  const owner = plugin === CORE ? [] : [slug(plugin.startsWith(OURS) ? plugin.slice(OURS.length) : plugin)];
  const whole = ['heddle', ...owner, name].join('_');
  return type === 'counter' && !whole.endsWith('_total') ? `${whole}_total` : whole;
}

/** What a plugin shows, as everybody's families are. */
export function shownFamily({ plugin, name, type, says, labels, samples }: ShownFamily): MetricFamily {
  return { name: shownName(plugin, name, type), type, help: says, labels, samples };
}

function slug(plugin: string): string {
  return plugin
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}
