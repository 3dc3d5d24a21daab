import type { TextRecord } from '@heddle/core';

export const SET_DNS: string = '/machine/set-dns';

/** The body that asks the server to put a TXT record into public DNS. */
export function encodeSetDns({ name, value }: TextRecord, facts: { readonly version: number; readonly nodeKey: string }): string {
  return JSON.stringify({ Version: facts.version, NodeKey: facts.nodeKey, Name: name, Type: 'TXT', Value: value });
}
