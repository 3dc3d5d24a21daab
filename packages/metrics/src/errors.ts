import type { ErrorEntry } from '@heddle/core';

export { RECORDING_ERRORS } from './recording/errors.js';

export type MetricsErrorCode = 'HEDDLE_METRICS_OPTIONS' | 'HEDDLE_METRICS_LISTEN' | 'HEDDLE_METRICS_NO_PROM_CLIENT';

/** The codes of the numbers: what each means and what to do. */
export const METRICS_ERRORS: Readonly<Record<MetricsErrorCode, ErrorEntry>> = {
  HEDDLE_METRICS_OPTIONS: {
    says: 'An option of metrics() or metricsEndpoint() cannot be used.',
    cure: 'Change the option that the message names.',
  },
  HEDDLE_METRICS_LISTEN: {
    says: 'The endpoint cannot listen where it was told to. `cause` is the error of the system.',
    cure: 'Choose another port, or 0 for a free one; an address has to be one of this machine.',
  },
  HEDDLE_METRICS_NO_PROM_CLIENT: {
    says: 'promRegistry() fills a registry of prom-client, and prom-client is not installed.',
    cure: 'npm install prom-client, or use metricsEndpoint() or `node.get(Metrics).text()`, which need nothing.',
  },
};
