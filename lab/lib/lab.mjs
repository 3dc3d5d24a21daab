// @ts-check
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** How long one step of the cleanup may take. */
const CLEANUP_LIMIT = 10_000;

/** What one row gets: a folder for its logs, names that nobody else uses, an end that is kept, and a signal that says when to stop. */
export class Lab {
  /** @type {(() => unknown)[]} */
  #undo = [];
  #names = 0;

  /**
   * @param {{ folder: string, signal: AbortSignal, long?: boolean, note?: (text: string) => void }} options
   */
  constructor({ folder, signal, long = false, note = () => {} }) {
    this.folder = folder;
    this.signal = signal;
    this.long = long;
    /** Prints a figure worth keeping beside the row's result. */
    this.note = note;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  /**
   * A file of this row; it is kept when the row fails.
   * @param {string} name
   */
  path(name) {
    return join(this.folder, name);
  }

  /**
   * A name that no other run uses at the same time, short enough for an interface (15 characters).
   * @param {string} word
   */
  unique(word) {
    return `hl${process.pid.toString(36)}${word}${++this.#names}`.slice(0, 15);
  }

  /**
   * Registers what undoes something; the last one registered runs first, however the row ends.
   * @param {() => unknown} undo
   */
  defer(undo) {
    this.#undo.push(undo);
  }

  /** Undoes everything, goes on after a failure, and returns the failures. */
  async cleanUp() {
    /** @type {Error[]} */
    const failures = [];
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      await bounded(undo).catch((error) => failures.push(error));
    }
    return failures;
  }
}

/** @param {() => unknown} step */
async function bounded(step) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`cleanup took longer than ${CLEANUP_LIMIT} ms: ${step}`)), CLEANUP_LIMIT);
  });
  try {
    await Promise.race([(async () => step())(), late]);
  } finally {
    clearTimeout(timer);
  }
}
