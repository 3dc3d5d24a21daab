export { fileSink } from './file-sink.js';
export type { MetricsEndpointOptions } from './metrics-endpoint.js';
export { MetricsEndpoint, metricsEndpoint } from './metrics-endpoint.js';
export type { PromRegistryOptions } from './prom-registry.js';
export { promRegistry } from './prom-registry.js';
export type { StreamSinkOptions } from './stream-sink.js';
export { streamSink } from './stream-sink.js';
