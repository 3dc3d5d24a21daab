import { type Token, token } from '@heddle/core';
import type { ServeConfig } from './config/serve-config.js';
import type { PortHandler } from './node/handlers.js';

/** What a node serves, changeable while it runs. A change touches the ports it names; connections that are open go on. */
export interface Serve {
  /** What is served, in Tailscale's shape. Functions and servers of the program, and choice by name without ending TLS, have no form there. */
  config(): ServeConfig;
  /** Replaces everything that `config()` tells; what it cannot tell stays. Rejects, with nothing changed, when something is wrong with it. */
  setConfig(config: ServeConfig): Promise<void>;
  /** Serves a port. Rejects when something else is served there. */
  add(port: number, handler: PortHandler): Promise<void>;
  /** Serves a port no longer; nothing happens if it was not served. */
  remove(port: number): Promise<void>;
  /** The ports that are served. */
  readonly ports: readonly number[];
}

/** The API of serve(): `node.get(Serve)`. */
export const Serve: Token<Serve> = token('@heddle/funnel/Serve');
