import { checkedPort, checkString } from './argument-checks.js';

/** `(port?, address?, listening?)`, `(options, listening?)`. */
export type BindArguments =
  | readonly [options: { readonly port?: number; readonly address?: string }, listening?: () => void]
  | readonly [port?: number, listening?: () => void]
  | readonly [port: number | undefined, address: string | undefined, listening?: () => void]
  | readonly [listening: () => void];

export interface BindAt {
  readonly port: number;
  readonly address: string | undefined;
  readonly listening: (() => void) | undefined;
}

export function bindArguments(given: BindArguments): BindAt {
  const values = given as readonly unknown[];
  const listening = values.find((value) => typeof value === 'function') as (() => void) | undefined;
  const [first, second] = values.filter((value) => typeof value !== 'function');
  const { port, address } = (typeof first === 'object' && first !== null ? first : { port: first, address: second }) as Partial<BindAt>;
  if (address) checkString('hostname', address);
  // As in Node, what is no port is any port: the kernel takes the lower 16 bits of a number.
  return { port: (port || 0) & 0xffff, address: address || undefined, listening };
}

/** `(port, address?, connected?)`. */
export type DatagramConnectArguments =
  | readonly [port: number, connected?: (error?: Error) => void]
  | readonly [port: number, address: string | undefined, connected?: (error?: Error) => void];

export interface ConnectTo {
  readonly port: number;
  readonly address: string | undefined;
  readonly connected: ((error?: Error) => void) | undefined;
}

export function datagramConnectArguments(given: DatagramConnectArguments): ConnectTo {
  const [port, second, third] = given as readonly unknown[];
  const checked = checkedPort(port, 'Port', 1);
  const address = typeof second === 'function' || second === undefined ? '' : second;
  checkString('address', address);
  const connected = (typeof second === 'function' ? second : third) as ConnectTo['connected'];
  return { port: checked, address: (address as string) || undefined, connected };
}
