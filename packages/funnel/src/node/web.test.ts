import http from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { ask, listening } from '../../test/ask.js';
import { NODE_ADDRESS, NODE_NAME, ServeBench, VISITOR_ADDRESS } from '../../test/serve-bench.js';
import type { PortHandlers } from './handlers.js';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function bench(ports: PortHandlers, more: object = {}): ServeBench {
  const made = new ServeBench({ ports, ...more });
  ends.push(() => made.close());
  return made;
}

async function target(listener: http.RequestListener): Promise<number> {
  const server = http.createServer(listener);
  ends.push(
    () => void server.close(),
    () => server.closeAllConnections(),
  );
  return listening(server);
}

test('text, redirect and an unknown path answer as tailscale serve does', async () => {
  const site = bench({
    80: { http: { '/hi': { text: 'hello' }, '/old': { redirect: ['301:https://$', '{HOST}/new$', '{REQUEST_URI}'].join('') } } },
  });
  expect(await ask(site, `http://${NODE_NAME}/hi`)).toMatchObject({
    status: 200,
    body: 'hello',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  });
  expect(await ask(site, `http://${NODE_NAME}/old?x=1`)).toMatchObject({
    status: 301,
    headers: { location: `https://${NODE_NAME}/new/old?x=1` },
  });
  expect(await ask(site, `http://${NODE_NAME}/hiya`)).toMatchObject({ status: 404, body: '404 page not found\n' });
});

test('a redirect to where not all is ASCII is written as a URL may stand in a header', async () => {
  const site = bench({ 80: { http: { redirect: 'https://elsewhere/ä →/%C3%A4' } } });
  expect(await ask(site, `http://${NODE_NAME}/`)).toMatchObject({
    status: 302,
    headers: { location: 'https://elsewhere/%C3%A4%20%E2%86%92/%C3%A4' },
  });
});

test('a proxied target gets the path below its mount, who asks, and nothing that the visitor says of itself (F12)', async () => {
  const port = await target((request, response) => response.end(JSON.stringify({ url: request.url, headers: request.headers })));
  const user = { id: '1', loginName: 'ann@example.com', displayName: 'Jürgen', profilePicture: 'https://pic.example/1' };
  const site = bench({ 80: { http: { '/api': port } } }, { whois: () => ({ peer: { id: '2' }, user, tags: [], capabilities: new Map() }) });
  const { body } = await ask(site, `http://${NODE_NAME}/api/v1?q=1`, {
    headers: {
      'tailscale-user-login': 'root@example.com',
      'TAILSCALE-User-Name': 'root',
      Tailscale_User_Login: 'root@example.com',
      'Tailscale-Funnel-Request': '?1',
      'X-Forwarded-For': '203.0.113.9',
      Forwarded: 'for=203.0.113.9',
      'X-Custom': 'stays',
    },
  });
  expect(JSON.parse(body)).toEqual({
    url: '/v1?q=1',
    headers: {
      host: NODE_NAME,
      'x-custom': 'stays',
      'x-forwarded-for': VISITOR_ADDRESS,
      'x-forwarded-host': NODE_NAME,
      'tailscale-user-login': 'ann@example.com',
      'tailscale-user-name': '=?utf-8?q?J=C3=BCrgen?=',
      'tailscale-user-profile-pic': 'https://pic.example/1',
      'tailscale-headers-info': 'https://tailscale.com/s/serve-headers',
      connection: 'keep-alive',
    },
  });
});

test('a target that is away is a 502 that does not say where it is', async () => {
  const site = bench({ 80: { http: 1 } });
  expect(await ask(site, `http://${NODE_NAME}/`)).toMatchObject({ status: 502, body: 'the target of this service cannot be reached\n' });
  expect(site.logged.join()).toContain('ECONNREFUSED');
});

test('the node answers to its name, its short name and its address, and to no name of somebody else', async () => {
  const site = bench({ 80: { http: { text: 'here' } } });
  for (const host of [NODE_NAME, 'WEB', 'web:80', NODE_ADDRESS]) {
    expect((await ask(site, `http://${NODE_NAME}/`, { headers: { host } })).status).toBe(200);
  }
  expect((await ask(site, `http://${NODE_NAME}/`, { headers: { host: 'evil.example' } })).status).toBe(404);
});

test('a function and a server of the program answer requests, with the same headers', async () => {
  const server = http.createServer((request, response) =>
    response.end(`${request.url} ${request.headers['x-forwarded-for']} ${request.headers['tailscale-user-login']}`),
  );
  const site = bench({ 80: { http: { '/f': (_request, response, visitor) => void response.end(visitor.remote.address), '/s': server } } });
  expect((await ask(site, `http://${NODE_NAME}/f`)).body).toBe(VISITOR_ADDRESS);
  expect((await ask(site, `http://${NODE_NAME}/s/x`, { headers: { 'Tailscale-User-Login': 'root' } })).body).toBe(
    `/x ${VISITOR_ADDRESS} undefined`,
  );
});
