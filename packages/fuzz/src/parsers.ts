import type { Parser } from './parser.js';
import { addresses, addressPorts, prefixes } from './parsers/addresses.js';
import { clientHello } from './parsers/client-hello.js';
import { controlAnswers, controlChannel, controlFrames, earlyPayload, http2Frames } from './parsers/control.js';
import { tcp, tcpOptions, udp } from './parsers/datagrams.js';
import { derpFrames, derpMessages, derpPlace, derpServerInfo, derpSession, derpUpgrade } from './parsers/derp.js';
import { discoInside, discoMessage, discoPacket } from './parsers/disco.js';
import { dnsQueries } from './parsers/dns.js';
import { echo } from './parsers/echo.js';
import { engineParsers } from './parsers/engine.js';
import { engineInside } from './parsers/engine-inside.js';
import { icmp, icmpv6, quotedPacket } from './parsers/icmp.js';
import { ingressAnswer, visitorHello } from './parsers/ingress.js';
import { ipv4, ipv6 } from './parsers/ip.js';
import { keys } from './parsers/keys.js';
import { mapFrame, mapFrames, mapTimes, savedMap } from './parsers/map.js';
import { peerApiHead } from './parsers/peer-api.js';
import { natPmp, pcp } from './parsers/port-mapping.js';
import { endpoints, memoryBindRemotes, udpBindRemotes, udpPlace } from './parsers/remotes.js';
import { routeTable } from './parsers/route-table.js';
import { segments } from './parsers/segments.js';
import { stateText } from './parsers/state-text.js';
import { stun } from './parsers/stun.js';
import { uapi } from './parsers/uapi.js';
import { upperLayer } from './parsers/upper-layer.js';
import { vnetHeader } from './parsers/vnet-header.js';
import { wgQuick } from './parsers/wg-quick.js';
import { wireguardMessages } from './parsers/wireguard-messages.js';

/** Every parser of the project. */
export const parsers: readonly Parser[] = [
  wireguardMessages,
  ...engineParsers,
  engineInside,
  ipv4,
  ipv6,
  upperLayer,
  udp,
  tcp,
  tcpOptions,
  icmp,
  icmpv6,
  quotedPacket,
  echo,
  discoPacket,
  discoMessage,
  discoInside,
  stun,
  natPmp,
  pcp,
  segments,
  vnetHeader,
  addresses,
  prefixes,
  addressPorts,
  keys,
  stateText,
  wgQuick,
  uapi,
  endpoints,
  udpPlace,
  routeTable,
  udpBindRemotes,
  memoryBindRemotes,
  mapFrames,
  mapFrame,
  savedMap,
  mapTimes,
  derpFrames,
  derpMessages,
  derpSession,
  derpUpgrade,
  derpServerInfo,
  derpPlace,
  clientHello,
  peerApiHead,
  visitorHello,
  ingressAnswer,
  controlFrames,
  controlChannel,
  earlyPayload,
  http2Frames,
  controlAnswers,
  dnsQueries,
];
