import { parseWgQuick, type StaticConfig, type StaticPeerConfig, writeWgQuick } from '@heddle/control-static';
import { parseEndpoint } from '../../../control-static/src/endpoint.js';
import { bytesOf } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';
import { plain } from '../plain.js';

const PRIVATE = 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=';
const PUBLIC = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=';
const OTHER = 'TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=';
const MOST_TOLD = 50;

const FULL = `# mine
[Interface]
PrivateKey = ${PRIVATE}
ListenPort=51820
FwMark = 0xCA6C
Address = 10.0.0.2/24, fd00::2/64
DNS = 10.0.0.53 example.org
MTU = 1400
Table = auto

[Peer]
PublicKey = ${PUBLIC}
PresharedKey = /UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak=
AllowedIPs = 10.0.0.1/32, fd00::/64
Endpoint = vpn.example.org:51820
PersistentKeepalive = 25

[Peer]
PublicKey = ${OTHER}
AllowedIPs =
Endpoint = [2001:db8::1]:51820\r
PersistentKeepalive = off
`;

/** wg-quick files: mistakes are listed, never thrown, and what is read is written and read again. */
export const wgQuick: Parser = stateless(
  {
    name: 'wg-quick',
    kind: 'text',
    seeds: [FULL, `[interface]\nprivatekey=${PRIVATE}\n[peer]\npublickey=${PUBLIC}\n`].map(bytesOf),
    words: [
      '[Peer]',
      '[Interface]',
      '=',
      '#',
      'off',
      'PostUp',
      'PresharedKey',
      '0.0.0.0/0',
      '::/0',
      PUBLIC,
      `${'A'.repeat(43)}=`,
      'é',
      '\r',
    ],
  },
  (input) => {
    const result = parseWgQuick(Buffer.from(input).toString('utf8'));
    if (result.ok) {
      const again = parseWgQuick(writeWgQuick(result.config));
      promise(again.ok, 'B5: what was written is read');
      promiseSame(meaning(again.config), meaning(result.config), 'B5: what is read is written and read again');
      return;
    }
    promise(result.errors.length >= 1 && result.errors.length <= MOST_TOLD, 'mistakes are told, and not without end');
    for (const { line, column, says } of result.errors) {
      promise(line >= 1 && column >= 1 && says.length < 300, 'a mistake has a place and a short text');
      promise(!says.includes(PRIVATE.slice(0, 20)), 'a mistake does not repeat a key');
    }
  },
);

/** A keepalive of 0 is none and is not written; endpoints are written in their canonical form. */
function meaning(config: StaticConfig): unknown {
  return plain({ ...config, peers: config.peers?.map(meaningOfPeer) });
}

function meaningOfPeer(peer: StaticPeerConfig): object {
  const endpoint = peer.endpoint === undefined ? undefined : parseEndpoint(peer.endpoint);
  return { ...peer, endpoint, persistentKeepalive: peer.persistentKeepalive || undefined };
}
