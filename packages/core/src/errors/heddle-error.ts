/** What this library throws at its callers. Code that decides looks at `code` only. */
export class HeddleError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'HeddleError';
    this.code = code;
  }
}
