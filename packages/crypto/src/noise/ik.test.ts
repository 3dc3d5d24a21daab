import { describe, expect, test } from 'vitest';
import { hex, toHex } from '../../test/offers.js';
import { readVectors, vectorFolder, vectorsAreAskedFor, vectorsAreThere } from '../../test/vector-folder.js';
import { chooseCrypto } from '../choose-crypto.js';
import { CipherState } from './cipher-state.js';
import { IkInitiator, IkResponder } from './ik.js';

interface Vector {
  readonly source: string;
  readonly protocol_name: string;
  readonly init_prologue: string;
  readonly init_psks?: readonly string[];
  readonly init_static: string;
  readonly init_ephemeral: string;
  readonly init_remote_static: string;
  readonly resp_static: string;
  readonly resp_ephemeral: string;
  readonly handshake_hash?: string;
  readonly messages: readonly { readonly payload: string; readonly ciphertext: string }[];
}

const suite = chooseCrypto();
const key = (text: string) => suite.x25519.load(hex(text));

function handshake(vector: Vector): { initiator: IkInitiator; responder: IkResponder; psk: Uint8Array<ArrayBufferLike> | undefined } {
  const psk = vector.init_psks?.[0] === undefined ? undefined : hex(vector.init_psks[0]);
  const protocol = { suite, name: vector.protocol_name, prologue: hex(vector.init_prologue), psk: psk !== undefined };
  const initiator = new IkInitiator(protocol, {
    local: key(vector.init_static),
    ephemeral: key(vector.init_ephemeral),
    remoteStatic: hex(vector.init_remote_static),
  });
  return { initiator, responder: new IkResponder(protocol, key(vector.resp_static)), psk };
}

/** Both handshake messages, written and read; returns both ends. */
function agree(vector: Vector): { initiator: IkInitiator; responder: IkResponder } {
  const { initiator, responder, psk } = handshake(vector);
  const [first, second] = vector.messages.map(({ payload, ciphertext }) => ({ payload: hex(payload), bytes: hex(ciphertext) }));
  expect(toHex(initiator.write(first!.payload)!)).toBe(toHex(first!.bytes));
  expect(toHex(responder.readStatic(first!.bytes)!)).toBe(toHex(key(vector.init_static).publicKey));
  expect(toHex(responder.readPayload(first!.bytes)!)).toBe(toHex(first!.payload));
  expect(toHex(responder.write(key(vector.resp_ephemeral), second!.payload, psk)!)).toBe(toHex(second!.bytes));
  expect(toHex(initiator.read(second!.bytes, psk)!)).toBe(toHex(second!.payload));
  return { initiator, responder };
}

const vectors = vectorsAreThere ? readVectors<{ vectors: Vector[] }>('noise-ik.json').vectors : [];
if (!vectorsAreThere) console.log(`Noise vectors are not run: there is no ${vectorFolder}`);

test('the vector folder is there when HEDDLE_VECTORS names it', () => {
  expect(vectorsAreThere || !vectorsAreAskedFor).toBe(true);
});

describe.skipIf(!vectorsAreThere)('Noise vectors of other implementations', () => {
  test('come from two sources and hold IK and IKpsk2', () => {
    expect(new Set(vectors.map(({ source }) => source))).toEqual(new Set(['cacophony', 'snow']));
    expect(vectors.some(({ protocol_name }) => protocol_name.includes('psk2'))).toBe(true);
  });

  test.each(vectors)('$source $protocol_name: both roles make and read every message', (vector) => {
    const { initiator, responder } = agree(vector);
    if (vector.handshake_hash !== undefined) expect(toHex(initiator.hash)).toBe(vector.handshake_hash);
    expect(toHex(responder.hash)).toBe(toHex(initiator.hash));
    const keys = initiator.split();
    expect(responder.split()).toEqual({ send: keys.receive, receive: keys.send });
    const ciphers = [new CipherState(suite.chacha20poly1305, keys.send), new CipherState(suite.chacha20poly1305, keys.receive)];
    vector.messages.slice(2).forEach(({ payload, ciphertext }, i) => {
      const sender = ciphers[i % 2]!;
      expect(toHex(sender.clone().decrypt(hex(ciphertext))!)).toBe(payload);
      expect(toHex(sender.encrypt(hex(payload)))).toBe(ciphertext);
    });
  });

  test.each(vectors)('$source $protocol_name: a change in any byte of either message is noticed', (vector) => {
    const [first, second] = vector.messages.map(({ ciphertext }) => hex(ciphertext));
    for (let i = 0; i < first!.length; i++) {
      const { responder } = handshake(vector);
      const forged = first!.slice();
      forged[i] = forged[i]! ^ 1;
      expect(responder.readStatic(forged) && responder.readPayload(forged)).toBeUndefined();
    }
    const { initiator, psk } = handshake(vector);
    initiator.write(hex(vector.messages[0]!.payload));
    for (let i = 0; i < second!.length; i++) {
      const forged = second!.slice();
      forged[i] = forged[i]! ^ 1;
      expect(initiator.read(forged, psk)).toBeUndefined();
    }
    expect(initiator.read(second!, psk)).toBeDefined();
  });
});
