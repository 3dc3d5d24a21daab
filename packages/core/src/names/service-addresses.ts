/** Where every node answers DNS queries of its own programs: addresses that are never routed. */
export const DNS_ADDRESS = '100.100.100.100';
export const DNS_ADDRESS_6 = 'fd7a:115c:a1e0::53';

/** Those of them that a node with these addresses can reach. */
export function serviceAddresses(own: readonly string[]): readonly string[] {
  const four = own.some((address) => !address.includes(':'));
  const six = own.some((address) => address.includes(':'));
  return [...(four ? [DNS_ADDRESS] : []), ...(six ? [DNS_ADDRESS_6] : [])];
}
