import type { Capabilities } from '@heddle/core';

/** Control allows the node to be reached from the internet. */
export const FUNNEL = 'funnel';
/** The ports stand in the name, as its query; there is no value. */
const PORTS = 'https://tailscale.com/cap/funnel-ports';
const LIST = /^[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*$/;
/** So much text is looked at: a list of every single port fits. */
const LONGEST = 400_000;

/** Whether control allows this node's port to be reached from the internet. */
export function mayFunnel(own: Capabilities | undefined, port: number): boolean {
  if (own === undefined || !own.has(FUNNEL)) return false;
  return [...own.keys()].some((name) => portsOf(name)?.some(([first, last]) => first <= port && port <= last) ?? false);
}

function portsOf(name: string): readonly (readonly [number, number])[] | undefined {
  if (!name.startsWith(`${PORTS}?`) || name.length > LONGEST) return undefined;
  const text = new URLSearchParams(name.slice(PORTS.length + 1)).get('ports') ?? '';
  if (!LIST.test(text)) return undefined;
  return text.split(',').map((part) => {
    const [first = '', last = first] = part.split('-');
    return [Number(first), Number(last)];
  });
}
