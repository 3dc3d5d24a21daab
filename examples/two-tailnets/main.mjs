// @ts-check
// One process in two tailnets, and a service of the second that is offered in the first.
import { ts2021 } from '@heddle/control-ts2021';
import { createNode, fileStore } from '@heddle/core/node';
import { netstack } from '@heddle/stack-netstack';
import { udp } from '@heddle/transport-udp';
import { bridge } from './bridge.mjs';

const {
  FIRST_URL,
  FIRST_KEY_FILE,
  SECOND_URL,
  SECOND_KEY_FILE,
  SERVICE,
  PORT = '80',
  NAME = 'bridge',
  STATE_DIR = './state',
} = process.env;
if (FIRST_URL === undefined || SECOND_URL === undefined || SERVICE === undefined) {
  console.log('Set FIRST_URL and SECOND_URL to two control servers, and SERVICE to host:port of a service in the second tailnet.');
  console.log('FIRST_KEY_FILE and SECOND_KEY_FILE name files with auth keys; without one you log in by a URL.');
  process.exit(0);
}

/** @param {string} tailnet @param {string} url @param {string | undefined} authKeyFile */
async function member(tailnet, url, authKeyFile) {
  const control = ts2021({ url, ...(authKeyFile !== undefined && { authKeyFile }) });
  const node = createNode({ hostname: NAME, state: fileStore(`${STATE_DIR}/${tailnet}`) }, [control, udp(), netstack()]);
  node.state$.subscribe((state) => console.log(tailnet, state.is, (state.is === 'NeedsLogin' && state.url) || (state.reason ?? '')));
  await node.start();
  return node;
}

const [from, to] = await Promise.all([member('first', FIRST_URL, FIRST_KEY_FILE), member('second', SECOND_URL, SECOND_KEY_FILE)]);
const [host = '', port] = SERVICE.split(/:(?=\d+$)/);
bridge({ from, port: Number(PORT) }, { to, target: { host, port: Number(port) } });

const leave = () => void Promise.all([from.close(), to.close()]);
process.once('SIGINT', leave).once('SIGTERM', leave);
