export type { AddressPort, Prefix } from './address.js';
export {
  formatAddress,
  formatAddressPort,
  formatPrefix,
  maskAddress,
  parseAddress,
  parseAddressPort,
  parsePrefix,
  prefixContains,
  readPrefix,
} from './address.js';
export type { Bytes } from './bytes.js';
export {
  checksum,
  copyAndSum,
  finishSum,
  foldSum,
  pseudoSum,
  pseudoSum4,
  pseudoSum6,
  rewriteU16,
  sumRange,
  sumView,
  updateChecksum,
} from './checksum.js';
export {
  DERP_FRAME,
  DERP_HEADER,
  DERP_KEY,
  DERP_LARGEST_FRAME,
  DERP_LARGEST_PACKET,
  DERP_PACKET_OVERHEAD,
  derpFrameLength,
  derpPayloadLimit,
  encodeDerpFrame,
  writeDerpHeader,
  writeDerpPacketHeader,
} from './derp-frame.js';
export type { DerpBox, DerpClientInfo, DerpPeerGone, DerpPeerPresent, DerpRestarting } from './derp-message.js';
export {
  decodeDerpClientInfo,
  decodeDerpHealth,
  decodeDerpNotePreferred,
  decodeDerpPeerGone,
  decodeDerpPeerPresent,
  decodeDerpPing,
  decodeDerpRestarting,
  decodeDerpServerInfo,
  decodeDerpServerKey,
  encodeDerpClientInfo,
  encodeDerpHealth,
  encodeDerpNotePreferred,
  encodeDerpPeerGone,
  encodeDerpPeerPresent,
  encodeDerpPing,
  encodeDerpPong,
  encodeDerpRestarting,
  encodeDerpServerInfo,
  encodeDerpServerKey,
} from './derp-message.js';
export type { DerpReaderOptions } from './derp-reader.js';
export { DerpReader } from './derp-reader.js';
export type { DiscoCallMeMaybe, DiscoMessage, DiscoPing, DiscoPong } from './disco-message.js';
export { CALL_ME_MAYBE_MAX, decodeDiscoMessage, encodeDiscoMessage } from './disco-message.js';
export type { DiscoPacket } from './disco-packet.js';
export { DISCO_HEADER, decodeDiscoPacket, encodeDiscoPacket, looksLikeDisco } from './disco-packet.js';
export type {
  DiscoAllocateRequest,
  DiscoAllocateResponse,
  DiscoCallMeMaybeVia,
  DiscoRelayBind,
  DiscoRelayMessage,
  DiscoRelayPlace,
} from './disco-relay-message.js';
export type { Echo, EchoOptions } from './echo.js';
export { decodeEcho, encodeEcho, turnIntoEchoReply } from './echo.js';
export { decodeIcmp, encodeIcmp, ICMP_HEADER, ICMP_TYPE, ICMP_UNREACHABLE, icmpChecksumValid, icmpLength, writeIcmp } from './icmp.js';
export type { IcmpMessage } from './icmp-message.js';
export { decodeIcmpv6, encodeIcmpv6, ICMPV6_TYPE, ICMPV6_UNREACHABLE, icmpv6ChecksumValid, writeIcmpv6 } from './icmpv6.js';
export { addressLength, destinationAt, ipPacketLength, ipVersion, sourceAt } from './ip.js';
export type { Ipv4 } from './ipv4.js';
export {
  decodeIpv4,
  encodeIpv4,
  fillIpv4Checksum,
  IPV4,
  ipv4ChecksumValid,
  ipv4DontFragment,
  ipv4FragmentOffset,
  ipv4HeaderLength,
  ipv4MoreFragments,
  ipv4PacketLength,
  ipv4TotalLength,
  writeIpv4,
} from './ipv4.js';
export { formatIpv4, parseIpv4 } from './ipv4-text.js';
export type { Ipv6 } from './ipv6.js';
export { decodeIpv6, encodeIpv6, IPV6, ipv6PacketLength, ipv6PayloadLength, writeIpv6 } from './ipv6.js';
export { formatIpv6, isMapped, parseIpv6 } from './ipv6-text.js';
export { WIRE_MISUSE } from './misuse.js';
export type { NatPmpAnswer, NatPmpMapping, NatPmpRequest } from './port-mapping-natpmp.js';
export {
  decodeNatPmpAnswer,
  decodeNatPmpRequest,
  encodeNatPmpAnswer,
  encodeNatPmpRequest,
  PORT_MAPPING_PORT,
} from './port-mapping-natpmp.js';
export type { PcpAnswer, PcpMapping, PcpRequest } from './port-mapping-pcp.js';
export { decodePcpAnswer, decodePcpRequest, encodePcpAnswer, encodePcpRequest, PCP_NONCE } from './port-mapping-pcp.js';
export { PROTOCOL } from './protocol-numbers.js';
export { hostPort, type ProxyUrl, parseProxyUrl } from './proxy-url.js';
export type { QuotedPacket } from './quoted-packet.js';
export { decodeQuotedPacket } from './quoted-packet.js';
export type { SegmentPlan, SegmentTable } from './segment.js';
export { createSegmentPlan, planSegments, segmentLength, segmentsSpan, writeSegments } from './segment.js';
export type { StunAnswer, StunRequest } from './stun.js';
export {
  decodeStunAnswer,
  decodeStunRequest,
  encodeStunAnswer,
  encodeStunRequest,
  looksLikeStun,
  STUN_HEADER,
  STUN_TRANSACTION,
} from './stun.js';
export type { Tcp } from './tcp.js';
export {
  decodeTcp,
  destinationPort,
  encodeTcp,
  sourcePort,
  TCP,
  TCP_FLAG,
  tcpAcknowledgment,
  tcpFlags,
  tcpHeaderLength,
  tcpSequence,
  tcpWindow,
  writeTcp,
  writeTcpHeader,
} from './tcp.js';
export type { SackBlock, TcpOptionFields, TcpOptions } from './tcp-options.js';
export {
  createTcpOptionFields,
  decodeTcpOptions,
  readTcpOptions,
  TCP_OPTIONS_MAX,
  tcpOptionsLength,
  writeTcpOptions,
} from './tcp-options.js';
export type { Udp } from './udp.js';
export { decodeUdp, encodeUdp, UDP, udpLength, writeUdp } from './udp.js';
export { fillUpperChecksum, leaveUpperChecksum, upperChecksumValid } from './upper-checksum.js';
export type { UpperLayer } from './upper-layer.js';
export { createUpperLayer, EXTENSION_HEADERS_MAX, findUpperLayer } from './upper-layer.js';
export type { VnetHeader } from './vnet-header.js';
export { decodeVnetHeader, VNET_GSO, VNET_HEADER, VNET_NEEDS_CHECKSUM, writeVnetHeader } from './vnet-header.js';
export {
  COOKIE_REPLY,
  cookieReplyReceiver,
  INITIATION,
  MESSAGE_COOKIE_REPLY,
  MESSAGE_INITIATION,
  MESSAGE_MALFORMED,
  MESSAGE_RESPONSE,
  MESSAGE_TRANSPORT,
  MESSAGE_UNKNOWN,
  type MessageType,
  messageType,
  RESPONSE,
  responseReceiver,
  senderIndex,
  TRANSPORT,
  transportCounterHi,
  transportCounterLo,
  transportReceiver,
  writeCookieReplyHeader,
  writeInitiationHeader,
  writeResponseHeader,
  writeTransportHeader,
} from './wireguard-message.js';
export type { CookieReply, HandshakeInitiation, HandshakeResponse, TransportData } from './wireguard-value.js';
export {
  decodeCookieReply,
  decodeInitiation,
  decodeResponse,
  decodeTransport,
  encodeCookieReply,
  encodeInitiation,
  encodeResponse,
  encodeTransport,
} from './wireguard-value.js';
