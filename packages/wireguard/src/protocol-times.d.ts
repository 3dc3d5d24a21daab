/** WireGuard paper 6.2: the initiator starts a new handshake when it sends with an older key pair. Milliseconds, like all times here. */
export declare const REKEY_AFTER_TIME = 120000;
/** WireGuard paper 6.2: an older key pair neither sends nor receives. */
export declare const REJECT_AFTER_TIME = 180000;
/** WireGuard paper 6.4: no two initiations to one peer within this time. */
export declare const REKEY_TIMEOUT = 5000;
/** WireGuard paper 6.5: data received and nothing sent for this long is answered by a keepalive. */
export declare const KEEPALIVE_TIMEOUT = 10000;
/** Data sent and nothing heard for this long (plus jitter) starts a handshake. */
export declare const NEW_HANDSHAKE_AFTER: number;
/** An initiator that receives with an older key pair starts one last handshake before it expires. */
export declare const LAST_MINUTE: number;
/** Key material that nothing renewed is forgotten. */
export declare const ZERO_KEYS_AFTER: number;
/** wireguard-go MaxTimerHandshakes: retries after the first initiation are 19, the nominal 90 s. */
export declare const LAST_RETRY = 18;
/** Retransmissions are spread over this many milliseconds, so that two peers do not cross again and again. */
export declare const JITTER = 333;
/** Initiations from one peer closer than this are a flood. */
export declare const INITIATION_SPACING = 20;
/** WireGuard paper 5.4.7: life of a cookie and of the secret it is made with. */
export declare const COOKIE_REFRESH = 120000;
/** The engine stays under load for this long after the queue was last long. */
export declare const LOAD_LINGERS = 1000;
