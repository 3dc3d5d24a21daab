// @ts-check
// What our node serves, as a host with Tailscale's own client sees it, beside what Tailscale's own client serves.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { nodeProcess } from '../lib/node-process.mjs';
import { until } from '../lib/wait.mjs';
import { curl, dribble, OURS, openssl, servedSite, THEIRS, theirServe } from '../stories/serve.mjs';

const SPOOFED = [
  'Tailscale-User-Login: root@example.com',
  'tailscale-user-name: root',
  'TAILSCALE-Funnel-Request: ?1',
  'X-Forwarded-For: 203.0.113.9',
];
const HEADERS = SPOOFED.flatMap((header) => ['-H', header]);

export const rows = /** @type {readonly import('../run.mjs').Row[]} */ ([
  {
    id: 'serve-headers',
    says: 'F12: a web server behind our node gets the headers that it gets behind `tailscale serve`, for the same visitor; what the visitor claims is gone',
    async run(lab) {
      const site = await servedSite(lab, ['theirs']);
      const { address, config } = await theirServe(site, /** @type {any} */ (site.hosts).theirs);
      const asked = ['--compressed', '-H', 'X-Custom: stays', '-H', 'Cookie: a=1', ...HEADERS, '-d', 'body'];
      const ours = JSON.parse(await curl(site, ...asked, `http://${OURS}/a/b?c=%20d`));
      const theirs = JSON.parse(await curl(site, '--connect-to', `${THEIRS}::${address}:`, ...asked, `http://${THEIRS}/a/b?c=%20d`));
      assert.match(ours.headers['tailscale-user-login'], /@/);
      lab.note(`${ours.headers['tailscale-user-login']}, ${Object.keys(ours.headers).length} headers`);
      assert.deepEqual(comparable(ours, OURS), comparable(theirs, THEIRS));
      // The same configuration, read by ours and told again.
      const renamed = JSON.parse(JSON.stringify(config).replaceAll(THEIRS, OURS));
      await site.node.request('setConfig', renamed);
      assert.deepEqual((await site.node.request('config')).Web[`${OURS}:80`], renamed.Web[`${OURS}:80`]);
      for (const path of ['/text', '/nowhere/', '/away']) {
        const status = (/** @type {string} */ name, /** @type {string[]} */ ...more) =>
          curl(site, ...more, '-o', '/dev/null', '-w', '%{http_code} %{content_type}', `http://${name}${path}`);
        const [one, other] = [await status(OURS), await status(THEIRS, '--connect-to', `${THEIRS}::${address}:`)];
        assert.equal(one.split(' ')[0], other.split(' ')[0], path);
      }
    },
  },
  {
    id: 'serve-http',
    says: 'a web server, a folder, text, a function and a TCP server behind our node, by curl over HTTP/1.1 and HTTP/2 and by a WebSocket client',
    async run(lab) {
      const site = await servedSite(lab);
      for (const [flag, version] of [
        ['--http1.1', '1.1'],
        ['--http2', '2'],
      ]) {
        const https = (/** @type {string[]} */ ...args) => curl(site, flag ?? '', ...args);
        assert.equal(await https('-w', ' %{http_version}', `https://${OURS}/text`), `served ${version}`);
        assert.equal(await https('-r', '2-4', `https://${OURS}/files/page.txt`), '234');
        assert.match(await https(`https://${OURS}/function`), /@/);
        assert.match(await https('-w', ' %{http_code}', `https://${OURS}/away`), /cannot be reached\n 502$/);
        const { sha256, headers } = JSON.parse(await https(...HEADERS, '--data-binary', 'x'.repeat(50_000), `https://${OURS}/up`));
        assert.equal(sha256, createHash('sha256').update('x'.repeat(50_000)).digest('hex'));
        assert.equal(headers['x-forwarded-proto'], 'https');
        assert.notEqual(headers['tailscale-user-login'], 'root@example.com');
      }
      const { channel } = await nodeProcess(site.host, 'serve-visitor.mjs', { name: 'chat' });
      const { headers, same, code } = await channel.request('chat', { url: `ws://${site.address}/chat`, host: OURS });
      assert.deepEqual([same, code, headers.upgrade, headers['x-forwarded-host']], [true, 1000, 'websocket', OURS]);
      assert.notEqual(headers['tailscale-user-login'], 'root@example.com');
      const [plain, announced] = await Promise.all([dribble(site, 5_432, 'echo'), dribble(site, 5_433, 'echo')]);
      assert.equal(plain, 'echo');
      assert.match(announced, /^PROXY TCP4 \S+ \S+ \d+ 3001\r\necho$/);
    },
  },
  {
    id: 'serve-tls',
    says: 'openssl s_client sees TLS 1.2 and 1.3 and nothing older, the right certificate with its chain, h2 and http/1.1, and alerts for names that are not served',
    async run(lab) {
      const site = await servedSite(lab);
      const sni = `-servername ${OURS}`;
      const table = /** @type {const} */ ([
        [`-tls1_2 ${sni}`, /New, TLSv1.2[\s\S]*Verify return code: 0 \(ok\)/],
        [`-tls1_3 ${sni}`, /New, TLSv1.3[\s\S]*Verify return code: 0 \(ok\)/],
        [`-tls1_1 -cipher DEFAULT@SECLEVEL=0 ${sni}`, /alert protocol version/],
        [`-tls1 -cipher DEFAULT@SECLEVEL=0 ${sni}`, /alert protocol version/],
        [`-alpn h2 ${sni}`, /ALPN protocol: h2/],
        [`-alpn http/1.1 ${sni}`, /ALPN protocol: http\/1.1/],
        [`-alpn spdy/3 ${sni}`, /alert no application protocol/],
        [sni, new RegExp(`subject=CN ?= ?${OURS}[\\s\\S]*issuer=CN ?= ?The lab`)],
        ['-servername other.example.com', /unrecognized name/],
        ['-noservername', /unrecognized name/],
      ]);
      for (const [flags, wanted] of table) assert.match(await openssl(site, flags), wanted, flags);
    },
  },
  {
    id: 'serve-F12',
    says: 'F12: slow heads, silence, garbage, plain HTTP on TLS, smuggled requests and too many connections each get their stated answer',
    async run(lab) {
      const site = await servedSite(lab);
      const [slow, plain, garbage, silent, smuggled] = await Promise.all([
        dribble(site, 80, 'GET / HTTP/1.1\\r\\nHost: ours\\r\\nX: '),
        dribble(site, 443, 'GET / HTTP/1.1\\r\\n\\r\\n'),
        dribble(site, 443, '\\000\\001\\002\\003\\004'),
        dribble(site, 443, '\\026\\003\\001'),
        dribble(
          site,
          80,
          'POST / HTTP/1.1\\r\\nHost: ours\\r\\nContent-Length: 4\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nGET /',
        ),
      ]);
      assert.match(slow, /^HTTP\/1.1 408 /);
      assert.match(plain, /^HTTP\/1.0 400 [\s\S]*Client sent an HTTP request to an HTTPS server/);
      assert.equal(garbage.slice(0, 2), '\u0015\u0003');
      assert.equal(silent, '');
      assert.match(smuggled, /^HTTP\/1.1 400 /);
      const { channel } = await nodeProcess(site.host, 'serve-visitor.mjs', { name: 'crowd' });
      const tally = await channel.request('crowd', { host: site.address, port: 5_432, count: 60 });
      lab.note(JSON.stringify(tally));
      assert.ok(tally.served <= 20 && tally.served > 0);
      assert.equal((tally.ECONNREFUSED ?? 0) + (tally.ECONNRESET ?? 0), 60 - tally.served);
      await until(lab, 'who has left makes room', async () => (await curl(site, `http://${OURS}/text`).catch(() => '')) === 'served');
    },
  },
]);

/**
 * A request as the web server got it, without what is the connection's, the client's or the name's own.
 * @param {{ method: string, url: string, headers: Record<string, string> }} request
 * @param {string} name
 */
function comparable({ method, url, headers: { connection, ...headers } }, name) {
  return JSON.parse(JSON.stringify({ method, url, headers: Object.entries(headers).sort() }).replaceAll(name, 'NAME'));
}
