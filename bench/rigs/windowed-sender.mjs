// @ts-check

/** What was not reported within this time is taken for lost. */
const PATIENCE = 20;

/** Emits the batch of a Stack for as long as fewer packets than its window are on their way, so that no queue in the kernel runs over. */
export class WindowedSender {
  sent = 0;
  lost = 0;
  #acknowledged = 0;
  #scheduled = false;
  #reportedAt = 0;

  /**
   * @param {import('./batch-stack.mjs').BatchStack} stack
   * @param {number} window
   */
  constructor(stack, window) {
    this.stack = stack;
    this.window = window;
  }

  start() {
    this.stack.numbered = (received) => {
      this.#acknowledged = received + this.lost;
      this.#reportedAt = performance.now();
      this.#soon();
    };
    this.stack.resumed = () => this.#soon();
    setInterval(() => this.#giveUp(), PATIENCE);
    this.#soon();
  }

  /** Between batches the event loop has its turn: reports come in there. */
  #soon() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#fill();
    });
  }

  #fill() {
    const { stack, window } = this;
    if (stack.paused || this.sent - this.#acknowledged + stack.packets > window) return;
    stack.emit();
    this.sent += stack.packets;
    this.#soon();
  }

  #giveUp() {
    if (this.sent === this.#acknowledged || performance.now() - this.#reportedAt < PATIENCE) return;
    this.lost += this.sent - this.#acknowledged;
    this.#acknowledged = this.sent;
    this.#soon();
  }
}
