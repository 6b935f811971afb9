/** What the reader needs of the part `sops` of a file. */
export interface SopsMetadata {
  /** For whom the key of the values is encrypted. */
  recipients: { recipient: string; enc: string }[];
  lastModified: string;
  mac: string;
  /** The code covers encrypted values only, and begins differently. */
  macOnlyEncrypted: boolean;
}

/** As SOPS writes it: its text is part of what authenticates the file. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/;
const MOST_RECIPIENTS = 100;

/** Checks what a file says, or returns what is wrong. */
export function readMetadata(value: unknown): SopsMetadata | { problem: string } {
  if (!isMap(value)) return { problem: 'was not made by SOPS: it has no part `sops`' };
  const { lastmodified, mac, mac_only_encrypted: only } = value;
  if (typeof lastmodified !== 'string' || !TIME.test(lastmodified))
    return { problem: 'sops.lastmodified is no time' };
  if (typeof mac !== 'string' || mac === '') return { problem: 'sops.mac is missing' };
  const groups = Array.isArray(value.key_groups) ? value.key_groups : [];
  if (groups.length > 1)
    return { problem: 'its key is split over several groups (sops.key_groups), which can’t be read here' };
  const [group = value] = groups;
  const recipients = isMap(group) ? recipientsOf(group.age) : [];
  return { recipients, lastModified: lastmodified, mac, macOnlyEncrypted: only === 'true' };
}

function recipientsOf(list: unknown): SopsMetadata['recipients'] {
  if (!Array.isArray(list)) return [];
  return list.slice(0, MOST_RECIPIENTS).flatMap((each: unknown) => {
    if (!isMap(each)) return [];
    const { recipient, enc } = each;
    return typeof recipient === 'string' && typeof enc === 'string'
      ? [{ recipient: recipient.trim(), enc }]
      : [];
  });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
