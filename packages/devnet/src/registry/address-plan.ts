/** 100.64.0.0, without 100.100.100.0/24 (its own services) and 100.115.92.0/23 (ChromeOS). */
const FIRST = 0x64400000;
const HOSTS = 0x3fffff;
const KEPT_FREE: readonly (readonly [first: number, last: number])[] = [
  [0x64646400, 0x646464ff],
  [0x64735c00, 0x64735dff],
];

/** The addresses of the nth node, IPv4 and IPv6; undefined when there are no more. The same number gives the same addresses for ever. */
export function addressesOf(n: number): readonly [string, string] | undefined {
  let v4 = FIRST + n;
  for (const [first, last] of KEPT_FREE) if (v4 >= first) v4 += last - first + 1;
  if (n < 1 || v4 > FIRST + HOSTS) return undefined;
  return [dotted(v4), `fd7a:115c:a1e0::${groups(v4 - FIRST)}`];
}

function dotted(v4: number): string {
  return [v4 >>> 24, (v4 >>> 16) & 255, (v4 >>> 8) & 255, v4 & 255].join('.');
}

function groups(n: number): string {
  const low = (n & 0xffff).toString(16);
  return n > 0xffff ? `${(n >>> 16).toString(16)}:${low}` : low;
}
