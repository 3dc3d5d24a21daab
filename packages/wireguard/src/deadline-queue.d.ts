/** A binary heap of small integers by deadline: the earliest is at hand, and moving one costs a logarithm. */
export declare class DeadlineQueue {
    #private;
    /** The deadline under which this id is queued; Infinity when it is not. */
    deadlineOf(id: number): number;
    /** The id with the earliest deadline. */
    first(): number | undefined;
    /** Queues, moves, or with Infinity removes. */
    set(id: number, deadline: number): void;
}
