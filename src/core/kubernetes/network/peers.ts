/** Who is meant by a rule of the network. */
export type Peer =
  | { podSelector: LabelSelector; namespaceSelector?: LabelSelector }
  | { namespaceSelector: LabelSelector }
  | { ipBlock: { cidr: string; except?: string[] } };

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: 'In'; values: string[] }[];
}

/** Addresses of machines, of clusters and of clouds' own services (RFC 1918, 3927, 4193, 4291, 6598). */
const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];
const PRIVATE_6 = ['fc00::/7', 'fe80::/10'];

export const PUBLIC: Record<'addresses' | 'everywhere', Peer[]> = {
  addresses: [
    { ipBlock: { cidr: '0.0.0.0/0', except: PRIVATE } },
    { ipBlock: { cidr: '::/0', except: PRIVATE_6 } },
  ],
  everywhere: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }],
};
