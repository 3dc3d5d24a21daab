import type { Device } from './device.js';
import type { Initiator } from './initiator.js';
import type { Peer } from './peer.js';
import type { TimerEvent } from './peer-timers.js';
import type { Sender } from './sender.js';

/** Does what the timers of the peers ask for. */
export class TimerWorker {
  readonly #device: Device;
  readonly #sender: Sender;
  readonly #initiator: Initiator;

  constructor(device: Device, sender: Sender, initiator: Initiator) {
    this.#device = device;
    this.#sender = sender;
    this.#initiator = initiator;
  }

  /** Costs what is due, however many peers there are. */
  work(now: number): void {
    for (let peer = this.#device.schedule.due(now); peer !== undefined; peer = this.#device.schedule.due(now)) this.#workOn(now, peer);
  }

  #workOn(now: number, peer: Peer): void {
    for (let event = peer.timers.expire(now); event !== undefined; event = peer.timers.expire(now)) this.#perform(now, peer, event);
    this.#device.schedule.touch(peer);
  }

  #perform(now: number, peer: Peer, event: TimerEvent): void {
    switch (event) {
      case 'retransmit':
        this.#initiator.retry(now, peer);
        break;
      case 'new-handshake':
        this.#initiator.request(now, peer);
        break;
      case 'give-up':
        this.#device.dropStaged(peer, 'expired');
        break;
      case 'zero-keys':
        this.#zeroKeys(peer);
        break;
      case 'persistent-keepalive':
        this.#sender.sendKeepalive(now, peer);
        break;
      case 'keepalive':
        this.#sender.sendKeepalive(now, peer);
        peer.timers.keepaliveSent(now);
    }
  }

  #zeroKeys(peer: Peer): void {
    peer.keypairs.clear();
    this.#device.dropPending(peer);
    this.#device.dropStaged(peer, 'expired');
  }
}
