import { EventEmitter } from 'node:events';
import { HeddleError } from '../../errors/heddle-error.js';
import { checkNumber } from './argument-checks.js';
import { misuse, systemError } from './socket-errors.js';

/** The settings of dgram.Socket: those that change nothing here are accepted, and those that could not be kept are refused. */
export class DatagramSettings extends EventEmitter {
  #receiveBuffer = 0;
  #sendBuffer = 0;

  /** Always 0: what the Stack does not take at once is lost, and the callback of send says so. */
  getSendQueueSize(): number {
    return 0;
  }

  /** Always 0. */
  getSendQueueCount(): number {
    return 0;
  }

  /** Remembered and without effect: the Stack has buffers of its own. */
  setRecvBufferSize(size: number): void {
    checkSize(size);
    this.#receiveBuffer = size;
  }

  /** Remembered and without effect. */
  setSendBufferSize(size: number): void {
    checkSize(size);
    this.#sendBuffer = size;
  }

  /** What was set; 0: the Stack decides. */
  getRecvBufferSize(): number {
    return this.#receiveBuffer;
  }

  /** What was set; 0: the Stack decides. */
  getSendBufferSize(): number {
    return this.#sendBuffer;
  }

  /** Accepted and without effect. */
  setTTL(ttl: number): number {
    checkNumber('ttl', ttl);
    if (!(ttl >= 1 && ttl < 256)) throw systemError({ syscall: 'setTTL', code: 'EINVAL' });
    return ttl;
  }

  /** Refused, as is all of multicast: a tailnet has neither. */
  setBroadcast(_flag: boolean): never {
    return refuse('setBroadcast');
  }

  setMulticastTTL(_ttl: number): never {
    return refuse('setMulticastTTL');
  }

  setMulticastLoopback(_flag: boolean): never {
    return refuse('setMulticastLoopback');
  }

  setMulticastInterface(_address: string): never {
    return refuse('setMulticastInterface');
  }

  addMembership(_group: string, _interface?: string): never {
    return refuse('addMembership');
  }

  dropMembership(_group: string, _interface?: string): never {
    return refuse('dropMembership');
  }

  addSourceSpecificMembership(_source: string, _group: string, _interface?: string): never {
    return refuse('addSourceSpecificMembership');
  }

  dropSourceSpecificMembership(_source: string, _group: string, _interface?: string): never {
    return refuse('dropSourceSpecificMembership');
  }
}

function checkSize(size: number): void {
  if (size >>> 0 === size) return;
  throw misuse('ERR_SOCKET_BAD_BUFFER_SIZE', 'Buffer size must be a positive integer', TypeError as ErrorConstructor);
}

function refuse(call: string): never {
  throw new HeddleError('HEDDLE_UNSUPPORTED', `${call}: a tailnet has neither broadcast nor multicast; send to each peer`);
}
