/** Milliseconds from one ping of the path in use to the next. Tailscale: the same. */
export const HEARTBEAT = 3_000;
/** The same while packets go there: then an answer is missed soon. */
export const BUSY_HEARTBEAT = 1_200;
/** Without anything sent for this long, a peer is left alone. Tailscale: the same. */
export const IDLE_AFTER = 45_000;
/** A path counts as working for this long after a pong. Tailscale: the same. */
export const TRUST = 6_500;
/** A ping is lost after this long. Tailscale: the same. */
export const PING_TIMEOUT = 5_000;
/** From one round of pings to all candidates to the next. Tailscale: the same. */
export const DISCOVERY_GAP = 5_000;
/** The same for the first rounds in a row that found none: what was shut or lost a moment ago may be open now. */
export const EAGER_GAP = 1_000;
export const EAGER_ROUNDS = 15;
/** From one search for something better than a working direct path to the next. Tailscale: the same. */
export const UPGRADE_GAP = 60_000;
/** A direct path that is this fast needs no better one. Tailscale: the same. */
export const GOOD_ENOUGH = 5;
/** The relay is measured this often: it is there anyway, and is only compared with. */
export const RELAY_GAP = 15_000;
/** While packets go to a peer, this often it is looked whether some still do, and whether its path answers. */
export const LOOK = 250;
/** Packets were sent and nothing came back for this long: the path is probed. */
export const SILENCE = 700;
/** From one probe of a silent path to the next. */
export const PROBE_GAP = 1_000;
/** The answer to such a probe is awaited this many round trips, and at least so long; then the relay gets copies. */
export const ANSWER_FACTOR = 3;
export const ANSWER_LEAST = 300;
/** A candidate that the peer's pings brought is forgotten this long after the last one. Tailscale: the same. */
export const LEARNED_LIFE = 45_000;
/** From one call-me-maybe to the next. */
export const CALL_GAP = 1_000;
/** Places where we were, that one call tells to forget. */
export const GONE_MAX = 8;
/** A peer that sees us at another place than before is told after this time: by then we know more of where we are. */
export const SEEN_PATIENCE = 500;
/** From one reaction to being seen elsewhere to the next: some NATs change their mind with each packet. */
export const SEEN_GAP = 5_000;
/** From one time that the Binds are asked where we may be reached to the next. */
export const LOOK_AGAIN_GAP = 5_000;
/** A place that only a ping brought, and that has lost so many pings without ever answering, is forgotten. */
export const LOST_STRANGER = 2;
/** Endpoints of one call-me-maybe that are used. */
export const CALLED_MAX = 32;
/** Ways to one peer that are kept at all. */
export const CANDIDATES_MAX = 64;
/** Tx ids of a peer's pings that are remembered: each gets one pong. */
export const SEEN_MAX = 64;
/** Pings to one peer a second: all that a peer can make us send to places that it names. */
export const PINGS_PER_SECOND = 10;
/** So many of them are kept for the path in use, whatever else is to be asked. */
export const RESERVED_PER_SECOND = 2;
/** Ways that work and are not in use are kept alive, the latest that answered first. */
export const KEPT_ALIVE = 3;
/** Pongs to one source a second. */
export const PONGS_PER_SECOND = 20;
/** Boxes of one source that are opened a second. */
export const OPENS_PER_SECOND = 200;
/** Sources whose rates are remembered. */
export const SOURCES_MAX = 4_096;
/** Shared secrets that are kept: one for each peer that was lately heard or spoken to. */
export const SECRETS_MAX = 1_024;
