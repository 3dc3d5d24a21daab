export type { MetricsErrorCode } from './errors.js';
export { METRICS_ERRORS } from './errors.js';
export type { MetricFamily, MetricSample } from './family.js';
export type { MetricsOptions } from './metrics.js';
export { Metrics, metrics } from './metrics.js';
export { PROMETHEUS_TEXT, prometheusText } from './prometheus-text.js';
export type { MetricsSnapshot } from './snapshot.js';
export { metricValue } from './snapshot.js';
