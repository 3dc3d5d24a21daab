// @ts-check
// Runs the rules of a Stack against a TUN interface of this host; prints which were broken. Arguments: a folder for its state, a name.
import { TunStack } from '@heddle/stack-tun';
import { nodeHost, nodeTime, stackRules } from '@heddle/testing';

const [stateFolder = '', name = ''] = process.argv.slice(2);
const harness = {
  host: nodeHost(process),
  offers: ['stack.tcp', 'stack.udp', 'stack.ping'],
  make: () => ({ stack: new TunStack({ name, stateFolder }), time: nodeTime(process, 10) }),
};
const broken = [];
for (const rule of stackRules) {
  try {
    await rule.run(harness);
  } catch (fault) {
    broken.push(fault instanceof Error ? fault.message : String(fault));
  }
}
console.log(JSON.stringify({ kept: stackRules.length - broken.length, broken }));
