import type { FamilySpec, MetricSample, NodeView } from '../family.js';

/** One row a warning; without any one row that is 0, so that a sum is never absent. */
function warnings({ status }: NodeView): readonly MetricSample[] {
  const ill = status.plugins.filter(({ health }) => !health.ok);
  const row = (plugin: string, code: string, value: number): MetricSample => ({ labels: { type: 'warning', plugin, code }, value });
  return ill.length === 0 ? [row('', '', 0)] : ill.map(({ name, health }) => row(name, health.code ?? '', 1));
}

/** How the parts are doing. */
export const HEALTH: readonly FamilySpec[] = [
  {
    name: 'heddle_health_messages',
    type: 'gauge',
    help: 'Warnings that stand, by plugin and error code.',
    labels: ['type', 'plugin', 'code'],
    read: warnings,
  },
  {
    name: 'heddle_plugin_running',
    type: 'gauge',
    help: '1 while all that a plugin provides is at work.',
    labels: ['plugin'],
    read: ({ status }) => status.plugins.map(({ name, running }) => ({ labels: { plugin: name }, value: Number(running) })),
  },
];
