import type { ErrorEntry } from '@heddle/core';

export type DerpErrorCode =
  | 'HEDDLE_DERP_OPTIONS'
  | 'HEDDLE_DERP_NO_RELAY'
  | 'HEDDLE_DERP_UNREACHABLE'
  | 'HEDDLE_DERP_CERTIFICATE'
  | 'HEDDLE_DERP_PROXY'
  | 'HEDDLE_DERP_NOT_DERP'
  | 'HEDDLE_DERP_BROKEN'
  | 'HEDDLE_DERP_NOTICE';

/** The codes of this package: what each means and what to do. */
export const DERP_ERRORS: Readonly<Record<DerpErrorCode, ErrorEntry>> = {
  HEDDLE_DERP_OPTIONS: { says: 'An option of derp() cannot be used.', cure: 'Change the option that the message names.' },
  HEDDLE_DERP_NO_RELAY: {
    says: 'Shown as health: neither control nor the options name a relay that can be used.',
    cure: 'Give `relays` to derp(), or a DERPMap to the control server. Direct paths work without.',
  },
  HEDDLE_DERP_UNREACHABLE: {
    says: 'Shown as health: no relay of the home region can be reached; it is tried again all the time.',
    cure: 'Look at the text: a name that does not resolve, a firewall, a relay that is down. Where a proxy is needed, give `proxy` to derp().',
  },
  HEDDLE_DERP_CERTIFICATE: {
    says: 'Shown as health: the relay’s certificate is not the one that its name or hash asks for.',
    cure: 'Give its CA as `ca`, or correct `certName`. A relay for tests may say `insecureForTests`; derp({ allowInsecure: true }) then agrees.',
  },
  HEDDLE_DERP_PROXY: {
    says: 'Shown as health: the HTTP proxy makes no tunnel to the relay.',
    cure: 'Look at the status in the text: 407 asks for a user and a password in the URL of `proxy`.',
  },
  HEDDLE_DERP_NOT_DERP: {
    says: 'Shown as health: what answers at the relay’s address does not speak DERP.',
    cure: 'Check host and port; a web proxy in front of the relay must pass upgrades on.',
  },
  HEDDLE_DERP_BROKEN: {
    says: 'Shown as health: the connection to the home relay ended; the next one is under way.',
    cure: 'None when it passes. A relay that verifies its clients ends connections of nodes that it does not know.',
  },
  HEDDLE_DERP_NOTICE: {
    says: 'Shown as health: the relay itself says that something is wrong, such as a second node with the same key.',
    cure: 'Read the text, which is the relay’s.',
  },
};
