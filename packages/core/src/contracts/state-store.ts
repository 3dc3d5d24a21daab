/** Small named values that outlive the process. Each write is whole or did not happen. */
export interface StateStore {
  /** False: nothing outlives the node, so that what would only serve its next start need not be written. Absent: it does. */
  readonly lasting?: boolean;
  /** Takes ownership; rejects when somebody else owns the state, or when what is there is damaged. */
  open(signal: AbortSignal): Promise<void>;
  get(key: string): string | undefined;
  /** Resolves when the value is safe. */
  set(key: string, value: string | undefined): Promise<void>;
  close(): Promise<void>;
}
