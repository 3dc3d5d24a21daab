import type { Address, Flow, FlowListener, UdpPort } from '../contracts/flows.js';
import type { Bytes } from '../contracts/packets.js';
import { memberOf, type StackInUse } from './stack-in-use.js';
import { type OpenOn, type OpenPort, StandingPort } from './standing-port.js';

type ListenAt = { readonly address?: string; readonly port: number; readonly backlog?: number };
type BindAt = { readonly address?: string; readonly port?: number };
type Receive = (datagram: Bytes, from: Address) => void;

/** The ports that are open on a node: each new Stack opens them again, and between two Stacks they wait. */
export class StandingPorts {
  readonly #standing = new Set<Pick<StandingPort<OpenPort>, 'move'>>();
  #stack: StackInUse | undefined;

  async listen(stack: StackInUse, at: ListenAt, accept: (flow: Flow) => void): Promise<FlowListener> {
    return this.#open(stack, (on, number) => memberOf(on, 'listen')({ ...at, port: number ?? at.port }, accept));
  }

  async bindUdp(stack: StackInUse, at: BindAt, receive: Receive): Promise<UdpPort> {
    const place = (number: number | undefined): BindAt => (number === undefined ? at : { ...at, port: number });
    const port = await this.#open<UdpPort>(stack, (on, number) => memberOf(on, 'bindUdp')(place(number), receive));
    const send = (datagram: Bytes, to: Address): boolean => port.current?.send(datagram, to) ?? false;
    return Object.assign(port, { send });
  }

  /** The Stack in place from now on. Resolves when each port is open there, or was told that it is not. */
  async use(stack: StackInUse | undefined): Promise<void> {
    this.#stack = stack;
    await Promise.all([...this.#standing].map((port) => port.move(stack)));
  }

  /** The Stack is going. */
  async leave(stack: StackInUse): Promise<void> {
    if (stack.flows === this.#stack?.flows) await this.use(undefined);
  }

  async #open<P extends OpenPort>(stack: StackInUse, open: OpenOn<P>): Promise<StandingPort<P>> {
    const port: StandingPort<P> = new StandingPort(await open(stack, undefined), stack, open, () => void this.#standing.delete(port));
    this.#standing.add(port);
    // Another Stack may have taken the place while this one was opening it.
    if (this.#stack?.flows !== stack.flows) await port.move(this.#stack);
    return port;
  }
}
