import { encodeNatPmpRequest, encodePcpRequest, parseIpv4 } from '@heddle/wire';

/** Seconds that are asked for; gateways grant less if they like. */
const LIFETIME = 7_200;
const UDP = 17;
const ANY = new Uint8Array(4);

export type PortProtocol = 'natPmp' | 'pcp';

/** Who asks whom for what. */
export interface MappingPlace {
  readonly gateway: string;
  /** Our address as the gateway sees it. */
  readonly own: string;
  readonly port: number;
}

/** One question in each language. */
export function probeRequests({ own }: MappingPlace): readonly Uint8Array[] {
  return [encodeNatPmpRequest({ type: 'external-address' }), encodePcpRequest({ type: 'announce', client: addressOf(own) })];
}

export function mapRequest(by: PortProtocol, place: MappingPlace, nonce: Uint8Array, externalPort: number): Uint8Array {
  return request(by, place, nonce, externalPort, LIFETIME);
}

export function releaseRequest(by: PortProtocol, place: MappingPlace, nonce: Uint8Array, externalPort: number): Uint8Array {
  return request(by, place, nonce, externalPort, 0);
}

function request(by: PortProtocol, place: MappingPlace, nonce: Uint8Array, externalPort: number, lifetime: number): Uint8Array {
  const mapping = { type: 'map', internalPort: place.port, externalPort, lifetime } as const;
  if (by === 'natPmp') return encodeNatPmpRequest(mapping);
  return encodePcpRequest({ ...mapping, client: addressOf(place.own), nonce, protocol: UDP, externalAddress: ANY });
}

function addressOf(text: string): Uint8Array {
  return parseIpv4(text) ?? ANY;
}
