import type { ErrorEntry } from '@heddle/core';

export type Ts2021ErrorCode =
  | 'HEDDLE_TS2021_OPTIONS'
  | 'HEDDLE_TS2021_AUTH_KEY_FILE'
  | 'HEDDLE_TS2021_UNREACHABLE'
  | 'HEDDLE_TS2021_TLS'
  | 'HEDDLE_TS2021_REFUSED'
  | 'HEDDLE_TS2021_NOT_CONTROL'
  | 'HEDDLE_TS2021_SERVER_KEY'
  | 'HEDDLE_TS2021_HANDSHAKE'
  | 'HEDDLE_TS2021_BROKEN'
  | 'HEDDLE_TS2021_MAP'
  | 'HEDDLE_TS2021_REGISTER'
  | 'HEDDLE_TS2021_LOGIN'
  | 'HEDDLE_TS2021_KEY_EXPIRES'
  | 'HEDDLE_TS2021_KEY_EXPIRED'
  | 'HEDDLE_TS2021_CLOCK'
  | 'HEDDLE_TS2021_MESSAGE';

/** The codes of this package: what each means and what to do. */
export const TS2021_ERRORS: Readonly<Record<Ts2021ErrorCode, ErrorEntry>> = {
  HEDDLE_TS2021_OPTIONS: {
    says: 'The options of ts2021() have mistakes. The message lists each.',
    cure: 'Correct what the message lists.',
  },
  HEDDLE_TS2021_AUTH_KEY_FILE: {
    says: 'Shown as health: the file with the auth key could not be read, or holds none.',
    cure: 'Check path and permissions; the file holds the key and nothing else. It is read again at the next try.',
  },
  HEDDLE_TS2021_UNREACHABLE: {
    says: 'Shown as health: the control server cannot be reached. It is tried again at least every eight seconds.',
    cure: 'Check the URL, the network and the proxy. Peers that are known already stay connected.',
  },
  HEDDLE_TS2021_TLS: {
    says: 'Shown as health: the certificate of the control server is not good for its name, its issuer or this date.',
    cure: 'Check the URL and the clock of this machine; pass the issuer of a private server as `ca`.',
  },
  HEDDLE_TS2021_REFUSED: {
    says: 'Shown as health: the control server answered with a refusal. The text has the status and what the server says.',
    cure: 'Look at the status: 4xx is for the owner of the tailnet, 5xx for who runs the server. It is tried again by itself.',
  },
  HEDDLE_TS2021_NOT_CONTROL: {
    says: 'Shown as health: what answers is no control server: a web page, a redirect, a captive portal, or a proxy that takes Upgrade away.',
    cure: 'Open the URL in a browser to see what answers; use the URL that a redirect names; let proxies pass `Upgrade` on POST /ts2021.',
  },
  HEDDLE_TS2021_SERVER_KEY: {
    says: 'Shown as health: the control server shows another key than before. Nothing is sent to it.',
    cure: 'Ask who runs the server. If the key was changed on purpose, consent by the option `serverKey` or by node.get(Ts2021).acceptServerKey(key).',
  },
  HEDDLE_TS2021_HANDSHAKE: {
    says: 'Shown as health: the control server broke off the handshake although its key is the known one.',
    cure: 'It may refuse this capability version: try another `capabilityVersion`, or update.',
  },
  HEDDLE_TS2021_BROKEN: {
    says: 'Shown as health: the connection to the control server ended. A new one is made by itself.',
    cure: 'Nothing, unless it stays.',
  },
  HEDDLE_TS2021_MAP: {
    says: 'Shown as health: the control server sent a map that is none, or one beyond the limits. The map before stays in use.',
    cure: 'Report it with the text; raise the limits if the tailnet is very large.',
  },
  HEDDLE_TS2021_REGISTER: {
    says: 'Shown as health: the control server refused to register this node. The text is the server’s.',
    cure: 'Make a new auth key, or log in interactively with login().',
  },
  HEDDLE_TS2021_LOGIN: {
    says: 'Shown as health: somebody has to log this node in, or an administrator has to approve it.',
    cure: 'Open the URL of the control state in a browser; or ask the owner of the tailnet.',
  },
  HEDDLE_TS2021_KEY_EXPIRES: {
    says: 'Shown as health: the key of this node expires within seven days, or within one.',
    cure: 'Log in again with login(), or switch key expiry off for this node.',
  },
  HEDDLE_TS2021_KEY_EXPIRED: {
    says: 'Shown as health: the key of this node has expired. It has no peers until it is logged in again.',
    cure: 'Log in again with login(), or give an auth key.',
  },
  HEDDLE_TS2021_CLOCK: {
    says: 'Shown as health: the clock of this machine and that of the control server differ by more than a minute.',
    cure: 'Set the clock; certificates and expiry depend on it.',
  },
  HEDDLE_TS2021_MESSAGE: {
    says: 'Shown as health: the control server has a message for the owner of this node.',
    cure: 'Read the text.',
  },
};
