// @ts-check
import { createInterface } from 'node:readline';

/** How long a request may stay without an answer. */
const ANSWER_LIMIT = 20_000;

/**
 * @typedef {{ id: number, result?: any, error?: { message: string, code?: string } }} Answer
 * @typedef {{ event: string, data?: any }} Event
 * @typedef {{ resolve: (value: any) => void, reject: (error: Error) => void, timer: NodeJS.Timeout }} Pending
 */

/**
 * The runner's end of a conversation in JSON lines with a program:
 *
 *   we say      {"id":1,"method":"ping","params":{...}}
 *   it answers  {"id":1,"result":{...}}   or   {"id":1,"error":{"message":"...","code":"..."}}
 *   it tells    {"event":"ready","data":{...}}
 */
export class JsonLines {
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** @type {{ name: string, resolve: (data: any) => void, reject: (error: Error) => void }[]} */
  #awaited = [];
  #next = 0;
  #closed = false;

  /** Every event so far, in order.
   * @type {Event[]} */
  events = [];

  /**
   * @param {string} name of the program, for errors
   * @param {import('node:stream').Writable} input what the program reads
   * @param {import('node:stream').Readable} output what it prints
   */
  constructor(name, input, output) {
    this.name = name;
    this.input = input;
    input.on('error', () => {}); // the program has ended; `close` on its output tells
    createInterface({ input: output })
      .on('line', (line) => this.#receive(line))
      .on('close', () => this.#close());
  }

  /**
   * Asks and waits for the answer.
   * @param {string} method
   * @param {unknown} [params]
   * @param {{ deadline?: number }} [options]
   * @returns {Promise<any>}
   */
  request(method, params = {}, { deadline = ANSWER_LIMIT } = {}) {
    if (this.#closed) return Promise.reject(new Error(`${this.name} has ended and cannot do ${method}`));
    const id = ++this.#next;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error(`${this.name} did not answer ${method} within ${deadline} ms`));
      }, deadline);
      this.#pending.set(id, { resolve, reject, timer });
      this.input.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  /**
   * The data of the first event of that name, which may have come already.
   * @param {string} name
   * @returns {Promise<any>}
   */
  event(name) {
    const past = this.events.find((event) => event.event === name);
    if (past !== undefined) return Promise.resolve(past.data);
    if (this.#closed) return Promise.reject(new Error(`${this.name} has ended without saying ${name}`));
    return new Promise((resolve, reject) => this.#awaited.push({ name, resolve, reject }));
  }

  /** @param {string} line */
  #receive(line) {
    const message = parse(line);
    if (message === undefined) return;
    if ('event' in message) this.#take(message);
    else this.#answer(message);
  }

  /** @param {Event} event */
  #take(event) {
    this.events.push(event);
    for (const waiting of this.#awaited.filter((one) => one.name === event.event)) waiting.resolve(event.data);
    this.#awaited = this.#awaited.filter((one) => one.name !== event.event);
  }

  /** @param {Answer} answer */
  #answer({ id, result, error }) {
    const asked = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(asked?.timer);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(Object.assign(new Error(`${this.name}: ${error.message}`), { code: error.code }));
  }

  #close() {
    this.#closed = true;
    const error = new Error(`${this.name} has ended`);
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    for (const { reject } of this.#awaited) reject(error);
    this.#pending.clear();
  }
}

/**
 * What is not a JSON object is a word that somebody printed, and no message.
 * @param {string} line
 * @returns {Answer | Event | undefined}
 */
function parse(line) {
  try {
    const message = JSON.parse(line);
    return typeof message === 'object' && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}
