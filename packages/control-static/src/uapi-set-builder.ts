import { MOST_PEERS } from './device.js';
import type { DeviceSettings, PeerSection, PeerStep, UapiSet } from './uapi-operation.js';
import { ERRNO, uapiEndpoint, uapiNumber, uapiPrefix, uapiPresharedKey, uapiPrivateKey, uapiPublicKey } from './uapi-values.js';

/** Lines of one operation; a setconf of 130,560 allowed IPs has a few more than that. */
const MOST_LINES = 1 << 20;
/** Undefined: the value is wrong. */
type DeviceReader = (value: string) => (DeviceSettings & { readonly replacePeers?: true }) | undefined;
type PeerReader = (value: string) => PeerStep | undefined;

const DEVICE: ReadonlyMap<string, DeviceReader> = new Map<string, DeviceReader>([
  ['private_key', (value) => given(uapiPrivateKey(value), (privateKey) => ({ privateKey }))],
  ['listen_port', (value) => given(uapiNumber(value, 0xffff), (listenPort) => ({ listenPort }))],
  ['fwmark', (value) => given(uapiNumber(value, 0xffff_ffff), (fwmark) => ({ fwmark }))],
  ['replace_peers', (value) => (value === 'true' ? { replacePeers: true } : undefined)],
]);

const PEER: ReadonlyMap<string, PeerReader> = new Map<string, PeerReader>([
  ['update_only', (value) => (value === 'true' ? { is: 'update-only' } : undefined)],
  ['remove', (value) => (value === 'true' ? { is: 'remove' } : undefined)],
  ['replace_allowed_ips', (value) => (value === 'true' ? { is: 'replace-allowed-ips' } : undefined)],
  ['allowed_ip', readAllowedIp],
  ['preshared_key', (value) => given(uapiPresharedKey(value), (key) => change({ presharedKey: key?.reveal() }))],
  ['endpoint', (value) => given(uapiEndpoint(value), (remote) => change({ endpoint: { remote } }))],
  ['persistent_keepalive_interval', (value) => given(uapiNumber(value, 0xffff), (persistentKeepalive) => change({ persistentKeepalive }))],
  ['protocol_version', (value) => (value === '1' ? change({}) : undefined)],
]);

/** Makes one operation from the lines behind `set=1`. */
export class UapiSetBuilder {
  #device: DeviceSettings = {};
  #replacePeers = false;
  readonly #peers: PeerSection[] = [];
  #steps: PeerStep[] | undefined;
  #lines = 0;

  /** 0, or the errno of the line; after an errno the operation is of no use. */
  line(text: string): number {
    this.#lines += 1;
    const equals = text.indexOf('=');
    if (equals < 0) return ERRNO.protocol;
    if (this.#lines > MOST_LINES) return ERRNO.tooMuch;
    const key = text.slice(0, equals);
    const value = text.slice(equals + 1);
    if (key === 'public_key') return this.#beginPeer(value);
    return this.#steps === undefined ? this.#deviceLine(key, value) : this.#peerLine(this.#steps, key, value);
  }

  build(): UapiSet {
    return { device: this.#device, replacePeers: this.#replacePeers, peers: this.#peers };
  }

  #beginPeer(value: string): number {
    const key = uapiPublicKey(value);
    if (key === undefined || key.isZero) return ERRNO.invalid;
    if (this.#peers.length >= MOST_PEERS) return ERRNO.tooMuch;
    this.#steps = [];
    this.#peers.push({ id: key.toBase64(), nodeKey: key.toBytes(), steps: this.#steps });
    return 0;
  }

  #deviceLine(key: string, value: string): number {
    const read = DEVICE.get(key)?.(value);
    if (read === undefined) return ERRNO.invalid;
    const { replacePeers = false, ...device } = read;
    this.#replacePeers ||= replacePeers;
    this.#device = { ...this.#device, ...device };
    return 0;
  }

  #peerLine(steps: PeerStep[], key: string, value: string): number {
    const step = PEER.get(key)?.(value);
    if (step === undefined) return ERRNO.invalid;
    steps.push(step);
    return 0;
  }
}

function readAllowedIp(value: string): PeerStep | undefined {
  const sign = value[0];
  const prefix = uapiPrefix(sign === '+' || sign === '-' ? value.slice(1) : value);
  return prefix === undefined ? undefined : { is: sign === '-' ? 'disallow' : 'allow', prefix };
}

function change(settings: Extract<PeerStep, { is: 'change' }>['settings']): PeerStep {
  return { is: 'change', settings };
}

function given<T, Made>(value: T | undefined, make: (value: T) => Made): Made | undefined {
  return value === undefined ? undefined : make(value);
}
