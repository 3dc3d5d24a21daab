// @ts-check

/** From one question to the next, and how long an answer may take. */
const EVERY = 250;
const ANSWERED_WITHIN = 1_000;

/** Packets inside the tunnel from one node to another and back, until it is stopped. */
export class Flow {
  #heardAt = Number.NEGATIVE_INFINITY;
  #since = performance.now();
  #silence = 0;
  /** @type {NodeJS.Timeout} */
  #timer;

  /**
   * @param {import('./world.mjs').Member} from
   * @param {import('./world.mjs').Member} to
   */
  constructor(from, to) {
    this.from = from;
    this.to = to;
    this.#timer = setInterval(() => this.#ask(), EVERY);
  }

  /** Silence counts from now on. */
  listen() {
    this.#silence = 0;
    this.#since = performance.now();
  }

  /** The longest since `listen`, the present one included, in milliseconds. */
  get silence() {
    return Math.max(this.#silence, performance.now() - Math.max(this.#since, this.#heardAt));
  }

  /** The latest answer came within this time. @param {number} within */
  alive(within) {
    return performance.now() - this.#heardAt <= within;
  }

  stop() {
    clearInterval(this.#timer);
  }

  #ask() {
    this.from.node.request('ping', { address: this.to.address, timeout: ANSWERED_WITHIN }).then(
      () => this.#heard(),
      () => {},
    );
  }

  #heard() {
    this.#silence = this.silence;
    this.#heardAt = performance.now();
  }
}
