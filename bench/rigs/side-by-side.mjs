// @ts-check

/** @typedef {import('../run.mjs').Figure} Figure */

/**
 * Two pieces of work in turns of a few milliseconds, so that what else runs on the machine hits both alike.
 * The runner asks for one side after the other: both are measured at the first question, and the second one is answered from that.
 */
export class SideBySide {
  /** @type {Partial<Record<'ours' | 'reference', Figure>>} */
  #found = {};

  /**
   * @param {{ ours: () => void, reference: () => void, packets: number, turn?: number, turns?: number }} work
   * `packets` a call, `turn` packets before it is the other's turn
   */
  constructor({ ours, reference, packets, turn = 1_024, turns = 150 }) {
    this.work = { ours, reference };
    this.packets = packets;
    this.calls = Math.max(1, Math.round(turn / packets));
    this.turns = turns;
  }

  /**
   * Packets a second by the median turn, and processor time by all of them.
   * @param {'ours' | 'reference'} side
   */
  measure(side) {
    if (this.#found[side] === undefined) this.#found = this.#round();
    const figure = /** @type {Figure} */ (this.#found[side]);
    delete this.#found[side];
    return figure;
  }

  #round() {
    /** @type {Record<'ours' | 'reference', { wall: number[], cpu: number }>} */
    const spent = { ours: { wall: [], cpu: 0 }, reference: { wall: [], cpu: 0 } };
    for (let turn = 0; turn < this.turns; turn++) {
      for (const side of /** @type {const} */ (['ours', 'reference'])) {
        const { wall, cpu } = this.#turn(this.work[side]);
        spent[side].wall.push(wall);
        spent[side].cpu += cpu;
      }
    }
    return { ours: this.#figure(spent.ours), reference: this.#figure(spent.reference) };
  }

  /** @param {() => void} work */
  #turn(work) {
    const cpu = process.cpuUsage();
    const begin = performance.now();
    for (let call = 0; call < this.calls; call++) work();
    const wall = performance.now() - begin;
    const used = process.cpuUsage(cpu);
    return { wall, cpu: used.user + used.system };
  }

  /** @param {{ wall: number[], cpu: number }} spent */
  #figure({ wall, cpu }) {
    const packets = this.calls * this.packets;
    const middle = Number(wall.sort((x, y) => x - y)[wall.length >> 1]);
    return { value: packets / middle, cpuPerPacket: cpu / (packets * wall.length) };
  }
}
