/** WireGuard paper 6.2: the initiator starts a new handshake when it sends with an older key pair. Milliseconds, like all times here. */
export const REKEY_AFTER_TIME = 120_000;
/** WireGuard paper 6.2: an older key pair neither sends nor receives. */
export const REJECT_AFTER_TIME = 180_000;
/** WireGuard paper 6.4: no two initiations to one peer within this time. */
export const REKEY_TIMEOUT = 5_000;
/** WireGuard paper 6.5: data received and nothing sent for this long is answered by a keepalive. */
export const KEEPALIVE_TIMEOUT = 10_000;
/** Data sent and nothing heard for this long (plus jitter) starts a handshake. */
export const NEW_HANDSHAKE_AFTER: number = KEEPALIVE_TIMEOUT + REKEY_TIMEOUT;
/** An initiator that receives with an older key pair starts one last handshake before it expires. */
export const LAST_MINUTE: number = REJECT_AFTER_TIME - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT;
/** Key material that nothing renewed is forgotten. */
export const ZERO_KEYS_AFTER: number = 3 * REJECT_AFTER_TIME;
/** wireguard-go MaxTimerHandshakes: retries after the first initiation are 19, the nominal 90 s. */
export const LAST_RETRY = 18;
/** Retransmissions are spread over this many milliseconds, so that two peers do not cross again and again. */
export const JITTER = 333;
/** Initiations from one peer closer than this are a flood. */
export const INITIATION_SPACING = 20;
/** WireGuard paper 5.4.7: life of a cookie and of the secret it is made with. */
export const COOKIE_REFRESH = 120_000;
/** The engine stays under load for this long after the queue was last long. */
export const LOAD_LINGERS = 1_000;
