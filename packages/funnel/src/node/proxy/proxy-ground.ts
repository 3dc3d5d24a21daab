import type { Logger } from '@heddle/core';
import type { ServeLimits } from '../../limits/serve-limits.js';
import type { Backends } from './backends.js';
import type { StreamBackends } from './stream-backends.js';

/** What proxying stands on. */
export interface ProxyGround {
  readonly backends: Backends;
  readonly streams: StreamBackends;
  readonly limits: ServeLimits;
  readonly logger: Logger;
}
