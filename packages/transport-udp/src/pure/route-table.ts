/** The machine's way out. */
export interface Gateway {
  readonly address: string;
  readonly interface: string;
}

interface Route extends Gateway {
  readonly metric: number;
}

/** RTF_UP and RTF_GATEWAY of Linux. */
const UP_BY_GATEWAY = 0x3;

/**
 * The default gateway out of the text of /proc/net/route, the one of the smallest metric; undefined without one of a private address, for no
 * other gives ports away.
 *
 *   Iface  Destination  Gateway   Flags  RefCnt  Use  Metric  Mask      MTU  Window  IRTT
 *   eth0   00000000     0101A8C0  0003   0       0    100     00000000  0    0       0        addresses are little-endian
 */
export function defaultGateway(text: string): Gateway | undefined {
  const routes = text.split('\n', 4_096).flatMap(defaultRoute);
  const best = routes.reduce<Route | undefined>((a, b) => (a === undefined || b.metric < a.metric ? b : a), undefined);
  return best && { address: best.address, interface: best.interface };
}

function defaultRoute(line: string): readonly Route[] {
  const [name = '', destination, gateway = '', flags = '', , , metric = '', mask] = line.trim().split(/\s+/, 11);
  if (destination !== '00000000' || mask !== '00000000' || !/^[\dA-F]{8}$/.test(gateway)) return [];
  if ((Number.parseInt(flags, 16) & UP_BY_GATEWAY) !== UP_BY_GATEWAY || !/^\d{1,10}$/.test(metric)) return [];
  const bytes = [6, 4, 2, 0].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16));
  return isPrivate(bytes[0]!, bytes[1]!) ? [{ address: bytes.join('.'), interface: name, metric: Number(metric) }] : [];
}

/** RFC 1918, and the addresses between a carrier and its customers. */
function isPrivate(a: number, b: number): boolean {
  return a === 10 || (a === 172 && b >> 4 === 1) || (a === 192 && b === 168) || (a === 100 && b >> 6 === 1);
}
