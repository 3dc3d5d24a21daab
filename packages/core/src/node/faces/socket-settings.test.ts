import { expect, test } from 'vitest';
import type { Flow } from '../../contracts/flows.js';
import { SocketSettings } from './socket-settings.js';

/** A flow of which only the settings are there. */
function flowThatNotes(): { readonly flow: Flow; readonly heard: unknown[] } {
  const heard: unknown[] = [];
  const flow = {
    setNoDelay: (on: boolean) => heard.push(['noDelay', on]),
    setKeepAlive: (on: boolean, idle?: number) => heard.push(['keepAlive', on, idle]),
  };
  return { flow: flow as unknown as Flow, heard };
}

test('what was asked before there was a connection is said when there is one', () => {
  const settings = new SocketSettings();
  settings.setNoDelay(undefined, false);
  settings.setKeepAlive(undefined, true, 61_900);
  const { flow, heard } = flowThatNotes();
  settings.apply(flow);
  expect(heard).toEqual([
    ['noDelay', false],
    ['keepAlive', true, 61_000],
  ]);
});

test('what was not asked is the choice of the Stack', () => {
  const { flow, heard } = flowThatNotes();
  new SocketSettings().apply(flow);
  expect(heard).toEqual([]);
});

test('the defaults are those of net.Socket: setNoDelay() is on, setKeepAlive() is off, a delay of 0 leaves it to the Stack', () => {
  const { flow, heard } = flowThatNotes();
  const settings = new SocketSettings();
  settings.setNoDelay(flow);
  settings.setKeepAlive(flow);
  settings.setKeepAlive(flow, true, 0);
  expect(heard).toEqual([
    ['noDelay', true],
    ['keepAlive', false, undefined],
    ['keepAlive', true, undefined],
  ]);
});

test('options count as calls do', () => {
  const { flow, heard } = flowThatNotes();
  const settings = new SocketSettings();
  settings.take({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 5_000 });
  settings.apply(flow);
  expect(heard).toEqual([
    ['noDelay', true],
    ['keepAlive', true, 5_000],
  ]);
});

test('a Stack without a say in it is not asked', () => {
  const settings = new SocketSettings();
  settings.setNoDelay(undefined);
  settings.setKeepAlive(undefined, true);
  expect(() => settings.apply({} as Flow)).not.toThrow();
});
