import type { RelayMap, RelayNode, RelayRegion } from '@heddle/core';

/** A map of relays as the protocol writes it. Only these relays count, not those that a client may know by itself. */
export function relayMapJson({ regions }: RelayMap): object {
  return { Regions: Object.fromEntries([...regions].map(([id, region]) => [id, regionJson(region)])), OmitDefaultRegions: true };
}

function regionJson({ id, code, name, nodes }: RelayRegion): object {
  return { RegionID: id, RegionCode: code, RegionName: name, Nodes: nodes.map((node) => relayJson(id, node)) };
}

function relayJson(region: number, node: RelayNode): object {
  return {
    Name: node.name,
    RegionID: region,
    HostName: node.hostName,
    CertName: node.certName,
    IPv4: node.ipv4,
    IPv6: node.ipv6,
    DERPPort: node.derpPort,
    STUNPort: node.stunPort,
    STUNTestIP: node.stunTestIp,
    InsecureForTests: node.insecureForTests,
  };
}
