import type { RelayMap } from '@heddle/core';
import type { ControlService } from '../control/control-service.js';
import { type DevnetOptions, REGION } from '../options.js';
import { RelayServer } from '../relay/relay-server.js';
import { ControlListener } from './control-listener.js';
import { type Ground, type Knowledge, keyOf } from './devnet-parts.js';
import { RelayListener } from './relay-listener.js';
import { StunListener } from './stun-listener.js';

type Close = () => Promise<void>;

/** The relay and the STUN server, listening. */
export interface OpenRelay {
  readonly relays: RelayMap;
  readonly server: RelayServer;
  readonly close: Close;
}

/** Only nodes of the tailnet may use the relay. */
export async function openRelay(options: DevnetOptions, ground: Ground, { registry, secrets }: Knowledge): Promise<OpenRelay> {
  const { address, crypto, random, clock } = ground;
  const admits = (key: string): boolean => registry.byKey(`nodekey:${key}`) !== undefined;
  const server = new RelayServer({ crypto, random, clock, key: keyOf(secrets.relayKey, ground), admits });
  const [listener, stun] = [new RelayListener(server, secrets.certificate), new StunListener()];
  const close = async (): Promise<void> => void (await Promise.all([listener.close(), stun.close()]));
  try {
    const derpPort = await listener.listen(address, options.derpPort ?? 0);
    const stunPort = await stun.listen(address, options.stunPort ?? 0);
    return { server, close, relays: relayMap(address, derpPort, stunPort, secrets.certificate.hash) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The control server, listening. */
export interface OpenControl {
  readonly url: string;
  /** Something may have changed for those who watch. */
  wake(): void;
  readonly close: Close;
}

export async function openControl(
  options: DevnetOptions,
  ground: Ground,
  { secrets }: Knowledge,
  service: ControlService,
  saved: () => Promise<void>,
): Promise<OpenControl> {
  const listener = new ControlListener({ ...ground, key: keyOf(secrets.controlKey, ground), service, saved });
  const port = await listener.listen(ground.address, options.port ?? 0);
  const host = ground.address.includes(':') ? `[${ground.address}]` : ground.address;
  return { url: `http://${host}:${port}`, wake: () => listener.wake(), close: () => listener.close() };
}

/** Clients know the relay by the hash of its certificate: no authority has signed it. */
function relayMap(address: string, derpPort: number, stunPort: number, hash: string): RelayMap {
  const only = address.includes(':') ? { ipv6: address, ipv4: 'none' } : { ipv4: address, ipv6: 'none' };
  const node = { name: `${REGION}a`, hostName: address, ...only, derpPort, stunPort, certName: `sha256-raw:${hash}` };
  return { regions: new Map([[REGION, { id: REGION, code: 'devnet', name: 'Devnet', nodes: [node] }]]) };
}
