import type { FlowError } from '../contracts/flows.js';
import type { Direction, FlowObserver, FlowWitness } from '../contracts/observation.js';
import type { Bytes } from '../contracts/packets.js';
import type { Onlooker } from './observers.js';

type Show = (onlooker: Onlooker<FlowObserver>, where: string, see: () => void) => void;

/** All who look at one flow, as one witness. Hears no more than one `closed`. */
export class FlowWatch implements FlowWitness {
  readonly #show: Show;
  readonly #witnesses: { readonly onlooker: Onlooker<FlowObserver>; readonly witness: FlowWitness }[] = [];
  #over = false;

  constructor(show: Show) {
    this.#show = show;
  }

  get isEmpty(): boolean {
    return this.#witnesses.length === 0;
  }

  add(onlooker: Onlooker<FlowObserver>, witness: FlowWitness | undefined): void {
    if (witness !== undefined) this.#witnesses.push({ onlooker, witness });
  }

  data(direction: Direction, bytes: Bytes): void {
    if (this.#over) return;
    for (const { onlooker, witness } of this.#witnesses) this.#show(onlooker, 'data', () => witness.data(direction, bytes));
  }

  closed(error: FlowError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    for (const { onlooker, witness } of this.#witnesses) this.#show(onlooker, 'closed', () => witness.closed(error));
  }
}
