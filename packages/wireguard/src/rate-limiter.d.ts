/** One token bucket per source. Sources that were silent for a second are forgotten; beyond `sources` of them, new ones are refused. */
export declare class RateLimiter {
    #private;
    constructor(sources: number);
    /** True when this source may have one more message worked on. */
    allow(now: number, key: string): boolean;
    get size(): number;
}
