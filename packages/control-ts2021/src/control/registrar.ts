import type { Clock } from '@heddle/core';
import { ControlFault, quoted, withoutSecret } from '../dial/fault.js';
import { type RegisterAnswer, readRegisterAnswer } from '../register/register-answer.js';
import { balancerHeader, encodeLogout, encodeRegister, REGISTER } from '../register/register-request.js';
import { Registration } from '../register/registration.js';
import type { Board } from './board.js';
import type { ControlLink } from './link.js';
import type { NodeRecord } from './node-record.js';
import type { OwnNode } from './own-node.js';
import { pauseUntil } from './time.js';

/** Where the auth key comes from; undefined: there is none. What it gives goes into requests and nowhere else. */
export type AuthKeySource = (() => Promise<string>) | undefined;

export interface RegistrarParts {
  readonly clock: Clock;
  readonly link: ControlLink;
  readonly node: OwnNode;
  readonly record: NodeRecord;
  readonly board: Board;
  readonly authKey: AuthKeySource;
  readonly ephemeral: boolean;
}

/** A follow-up is held open until somebody has logged in; one that was held so long is sent again. */
const FOLLOW_UP_WITHIN = 600_000;
/** Between two follow-ups, for a server that answers them at once. */
const FOLLOW_UP_APART = 6_000;

/** Registers this node: asks, shows the login URL, follows it up. A registration that was broken off goes on where it was. */
export class Registrar {
  readonly #parts: RegistrarParts;
  #current: Registration | undefined;
  #followedUpAt = Number.NEGATIVE_INFINITY;

  constructor(parts: RegistrarParts) {
    this.#parts = parts;
  }

  /** Forgets a registration that was broken off. */
  reset(): void {
    this.#current = undefined;
    this.#parts.node.dropCandidate();
  }

  /** Resolves when the server has accepted this node, with what it says about approval. */
  async register(rotateFirst: boolean, signal: AbortSignal): Promise<boolean> {
    this.#current ??= this.#begin(rotateFirst);
    const registration = this.#current;
    for (;;) {
      const { step } = registration;
      if (step.do === 'finish') return this.#finish(step.approved);
      if (step.do === 'fail') return this.#fail(step.text);
      if (step.do === 'rotate') {
        this.#parts.node.prepareKey();
        registration.rotated();
      } else registration.answered(step.do === 'ask' ? await this.#ask(step.withAuthKey, signal) : await this.#followUp(step.url, signal));
    }
  }

  /** Tells the server that this node is no longer one of the tailnet. */
  async logout(signal: AbortSignal, milliseconds?: number): Promise<void> {
    const { node, link } = this.#parts;
    const nodeKey = node.nodeKey;
    if (nodeKey === undefined) return;
    const body = encodeLogout({ version: node.version, nodeKey, hostinfo: node.hostinfo });
    const { status } = await link.request({ method: 'POST', path: REGISTER, headers: balancerHeader(nodeKey), body }, signal, milliseconds);
    if (status !== 200)
      throw new ControlFault('HEDDLE_TS2021_REFUSED', `the control server answered the logout with HTTP ${status}`, { status });
  }

  #begin(rotateFirst: boolean): Registration {
    const { node, record, authKey } = this.#parts;
    const { nodeKey } = node;
    const registeredBefore = nodeKey !== undefined && record.knows(nodeKey);
    return new Registration({ hasAuthKey: authKey !== undefined, registeredBefore, rotateFirst: rotateFirst || nodeKey === undefined });
  }

  async #finish(approved: boolean): Promise<boolean> {
    const { node, record, board } = this.#parts;
    await record.accepted(node.candidate!.nodeKey);
    await node.adoptCandidate();
    await record.registered(node.nodeKey!);
    this.#current = undefined;
    board.condition('HEDDLE_TS2021_LOGIN', undefined);
    board.condition('HEDDLE_TS2021_REGISTER', undefined);
    board.condition('HEDDLE_TS2021_KEY_EXPIRED', undefined);
    return approved;
  }

  #fail(text: string): never {
    this.reset();
    throw new ControlFault('HEDDLE_TS2021_REGISTER', `the control server does not register this node: ${text}`);
  }

  async #ask(withAuthKey: boolean, signal: AbortSignal): Promise<RegisterAnswer> {
    const authKey = withAuthKey ? await this.#parts.authKey?.() : undefined;
    this.#parts.board.keepSecret(authKey);
    return this.#send({ authKey }, signal);
  }

  async #followUp(url: string, signal: AbortSignal): Promise<RegisterAnswer> {
    const { clock, board } = this.#parts;
    board.login(url);
    await pauseUntil(clock, this.#followedUpAt + FOLLOW_UP_APART, signal);
    signal.throwIfAborted();
    this.#followedUpAt = clock.now();
    return this.#send({ followup: url }, signal, FOLLOW_UP_WITHIN);
  }

  async #send(
    what: { readonly authKey?: string | undefined; readonly followup?: string },
    signal: AbortSignal,
    milliseconds?: number,
  ): Promise<RegisterAnswer> {
    const { node, link, ephemeral } = this.#parts;
    const { nodeKey, oldNodeKey } = node.candidate!;
    const body = encodeRegister({ version: node.version, nodeKey, oldNodeKey, ...what, ephemeral, hostinfo: node.hostinfo });
    const answer = await link.request({ method: 'POST', path: REGISTER, headers: balancerHeader(nodeKey), body }, signal, milliseconds);
    const { status, retryAfter } = answer;
    if (status === 200) return readRegisterAnswer(answer.body, what.authKey);
    const says = withoutSecret(answer.body, what.authKey);
    throw new ControlFault('HEDDLE_TS2021_REFUSED', `the control server answered the registration with HTTP ${status}: ${quoted(says)}`, {
      status,
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }
}
