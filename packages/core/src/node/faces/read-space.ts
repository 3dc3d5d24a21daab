import { Buffer } from 'node:buffer';
import type { Flow } from '../../contracts/flows.js';

/** As much as Node reads at once from a socket. */
const SIZE = 64 * 1024;
/** From this on the space itself is given away; less is copied out, so that a few bytes do not keep the whole space. */
const GIVE_AWAY = SIZE / 2;

/** Where all sockets of a node read into: an idle socket holds no memory. */
export class ReadSpace {
  #space: Buffer | undefined;

  /** What the flow has; 0: nothing yet; -1: the other side has finished. */
  read(flow: Flow): Buffer | 0 | -1 {
    this.#space ??= Buffer.allocUnsafeSlow(SIZE);
    const space = this.#space;
    const count = flow.read(space);
    if (count <= 0) return count < 0 ? -1 : 0;
    if (count < GIVE_AWAY) return Buffer.from(space.subarray(0, count));
    this.#space = undefined;
    return space.subarray(0, count);
  }
}
