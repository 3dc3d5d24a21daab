import { fileStore } from '@heddle/core/node';
import { INGRESS_USAGE, type IngressInvocation, readIngressInvocation } from './ingress-invocation.js';
import { type RunningIngress, type StartIngressOptions, startIngress } from './start-ingress.js';
import { askedToEnd, complain, say } from './terminal.js';

const PROGRAM = 'heddle-ingress';

/** Runs heddle-ingress until a signal ends it, and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const asked = readIngressInvocation(args);
  if ('wrong' in asked) return complain(PROGRAM, `${asked.wrong}\n${INGRESS_USAGE}`);
  if ('help' in asked) return say(INGRESS_USAGE);
  try {
    const ended = askedToEnd();
    const running = await startIngress(optionsOf(asked));
    showState(running);
    await ended;
    await running.close();
    return 0;
  } catch (error) {
    return complain(PROGRAM, error instanceof Error ? error.message : String(error));
  }
}

function optionsOf({ statePath, authKeyFile, ...rest }: IngressInvocation): StartIngressOptions {
  return { ...rest, ...(authKeyFile !== undefined && { authKeyFile }), ...(statePath !== undefined && { state: fileStore(statePath) }) };
}

/** Each state once: an administrator sees the login URL, and when visitors can be brought. */
function showState({ node, listening }: RunningIngress): void {
  for (const { address, port } of listening) say(`heddle-ingress: visitors at ${address.includes(':') ? `[${address}]` : address}:${port}`);
  node.state$.subscribe((state) => {
    const more = state.is === 'NeedsLogin' && state.url !== undefined ? `: log in at ${state.url}` : '';
    say(`heddle-ingress: ${state.is}${more}`);
  });
}
