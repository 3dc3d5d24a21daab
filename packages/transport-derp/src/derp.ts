import { type Clock, definePlugin, HeddleError, optional, type Plugin, provideBind, type StreamSockets, Tokens } from '@heddle/core';
import { derpCounters } from './counters.js';
import { DerpBind } from './derp-bind.js';
import { DERP_ERRORS } from './errors.js';
import { nodeStreams } from './node/node-streams.js';
import { tcpSockets } from './node/tcp-sockets.js';
import { type DerpOptions, type DerpSettings, readOptions } from './options.js';
import { plainStreams, type RelayStreams } from './relay/relay-streams.js';

const NAME = '@heddle/transport-derp';

/** Relays: reaches every peer that can reach the same ones, whatever stands between. Throws HEDDLE_DERP_OPTIONS for options that cannot be. */
export function derp(options: DerpOptions = {}): Plugin {
  const settings = readOptions(options);
  return definePlugin({
    name: NAME,
    provides: [
      provideBind(
        'derp',
        [Tokens.Identity, Tokens.Crypto, Tokens.Clock, optional(Tokens.StreamSockets), optional(Tokens.Counters)],
        (identity, crypto, clock, sockets, counters) => {
          const bind = new DerpBind({ identity, crypto, streams: streamsOf(settings, clock, sockets), relays: settings.relays });
          for (const family of derpCounters(bind)) counters?.show(NAME, family);
          return bind;
        },
      ),
    ],
    drops: {
      'receive-queue-full': 'no packet memory',
      'relay-queue-full': 'the oldest of more packets than may wait for a relay',
      'relay-rate-limited': 'faster than the relay asks us to send',
      'relay-own-key': 'the relay sent us what we had sent',
      'relay-closed': 'the region of the packet went away, or the node stopped',
    },
    errors: DERP_ERRORS,
  });
}

/** Sockets that somebody handed in carry no TLS of ours, so whoever does must say that cleartext is meant. */
function streamsOf(settings: DerpSettings, clock: Clock, sockets: StreamSockets | undefined): RelayStreams {
  if (settings.plain) return plainStreams(sockets ?? tcpSockets());
  if (sockets === undefined) return nodeStreams({ ...settings, clock });
  throw new HeddleError(
    'HEDDLE_DERP_OPTIONS',
    'derp: this node has stream sockets of its own, which carry no TLS; write derp({ plain: true })',
  );
}
