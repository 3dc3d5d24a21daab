import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoted } from '../dial/fault.js';
import { isSafeUrl, readRegisterAnswer } from './register-answer.js';
import { encodeLogout, encodeRegister } from './register-request.js';
import { Registration } from './registration.js';

const hostinfo = { Hostname: 'one', OS: 'linux', App: 'heddle', IPNVersion: '1', NetInfo: { PreferredDERP: 0 } };

test('a registration has the fields that servers expect, and leaves out what is not set', () => {
  expect(JSON.parse(encodeRegister({ version: 119, nodeKey: 'nodekey:11', ephemeral: false, hostinfo }))).toEqual({
    Version: 119,
    NodeKey: 'nodekey:11',
    Hostinfo: hostinfo,
  });
  const all = { version: 119, nodeKey: 'n', oldNodeKey: 'o', authKey: 'k', followup: 'https://x/', ephemeral: true, hostinfo };
  expect(JSON.parse(encodeRegister(all))).toEqual({
    Version: 119,
    NodeKey: 'n',
    OldNodeKey: 'o',
    Auth: { AuthKey: 'k' },
    Followup: 'https://x/',
    Ephemeral: true,
    Hostinfo: hostinfo,
  });
  expect(JSON.parse(encodeLogout({ version: 119, nodeKey: 'n', hostinfo })).Expiry).toBe('1970-01-01T00:02:03Z');
});

test.each([
  ['{"MachineAuthorized":true,"Login":{"LoginName":"a@b"}}', { is: 'registered', approved: true, loginName: 'a@b' }],
  ['{"MachineAuthorized":false}', { is: 'registered', approved: false, loginName: undefined }],
  ['{"AuthURL":"https://x/a"}', { is: 'login', url: 'https://x/a' }],
  ['{"NodeKeyExpired":true,"AuthURL":"https://x/a"}', { is: 'key-expired' }],
  ['{"NodeKeySignature":"aGk=","NodeKeyExpired":true}', { is: 'signature-wanted' }],
  ['{"Error":"no\\nway","NodeKeyExpired":true}', { is: 'refused', text: 'no way' }],
  ['{"AuthURL":"file:///etc/passwd"}', { is: 'unreadable', text: 'its login URL is no http(s) URL' }],
])('the answer %s means what stands first', (body, answer) => {
  expect(readRegisterAnswer(body)).toEqual(answer);
});

test('no answer makes the reader throw, and nothing of it reaches a prototype', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => void readRegisterAnswer(body)),
    { seed: 1, numRuns: 1_000 },
  );
  expect(readRegisterAnswer('{"__proto__":{"Error":"polluted"}}')).toMatchObject({ is: 'registered' });
  expect(readRegisterAnswer(`{"a":${'['.repeat(100_000)}`).is).toBe('unreadable');
});

test('C10: only http(s) URLs without a password are shown', () => {
  for (const bad of [
    'javascript:alert(1)',
    'file:///x',
    'data:text/html,x',
    'https://a:b@x/',
    'https://x/\u202e',
    `https://x/${'a'.repeat(3_000)}`,
  ])
    expect(isSafeUrl(bad)).toBe(false);
  for (const good of ['https://login.tailscale.com/a/0123', 'https://hs.example/register/hskey-authreq-0123_ab'])
    expect(readRegisterAnswer(JSON.stringify({ AuthURL: good }))).toEqual({ is: 'login', url: good });
  expect(quoted('the login hskey-authreq-0123 needs no hskey-auth-0123')).toBe('the login hskey-authreq-0123 needs no …');
});

test('an auth key goes out only when the node key alone is not good enough', () => {
  const known = new Registration({ hasAuthKey: true, registeredBefore: true });
  expect(known.step).toEqual({ do: 'ask', withAuthKey: false });
  known.answered({ is: 'login', url: 'https://x/a' });
  expect(known.step).toEqual({ do: 'ask', withAuthKey: true });
  known.answered({ is: 'registered', approved: true, loginName: undefined });
  expect(known.step.do).toBe('finish');
  expect(new Registration({ hasAuthKey: true, registeredBefore: false }).step).toEqual({ do: 'ask', withAuthKey: true });
});

test('a node that the server has forgotten offers its auth key, once', () => {
  const registration = new Registration({ hasAuthKey: true, registeredBefore: true });
  registration.answered({ is: 'refused', text: 'who are you' });
  expect(registration.step).toEqual({ do: 'ask', withAuthKey: true });
  registration.answered({ is: 'refused', text: 'still no' });
  expect(registration.step).toEqual({ do: 'fail', text: 'still no' });
});

test('a key that has expired is replaced, and the new one goes with the auth key', () => {
  const registration = new Registration({ hasAuthKey: true, registeredBefore: true });
  registration.answered({ is: 'key-expired' });
  expect(registration.step).toEqual({ do: 'rotate' });
  registration.rotated();
  expect(registration.step).toEqual({ do: 'ask', withAuthKey: true });
});

test('a server that calls every key expired is not asked for ever', () => {
  const registration = new Registration({ hasAuthKey: false, registeredBefore: true });
  let rotations = 0;
  while (registration.step.do !== 'fail' && rotations < 10) {
    registration.answered({ is: 'key-expired' });
    if (registration.step.do !== 'rotate') continue;
    rotations += 1;
    registration.rotated();
  }
  expect(rotations).toBe(2);
});

test('a URL that comes even though the auth key was sent is for a person', () => {
  const registration = new Registration({ hasAuthKey: true, registeredBefore: false });
  registration.answered({ is: 'login', url: 'https://x/a' });
  expect(registration.step).toEqual({ do: 'follow-up', url: 'https://x/a' });
  expect(registration.loginUrl).toBe('https://x/a');
});
