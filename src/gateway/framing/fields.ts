import type { Limits } from '../limits.ts';
import { Refusal } from './refusal.ts';

/** Who judges the fields of one head. */
export interface FieldJudge {
  /** Does it want to see the fields of this (lower case) name? All others are kept. */
  isKnown(name: string): boolean;
  /** True keeps the line, false cuts it out. */
  judge(name: string, value: string): boolean | Refusal;
}

const TOKEN = byteTable((code) => /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(String.fromCharCode(code)));
const FIELD_VALUE = byteTable((code) => code === 9 || (code >= 0x20 && code !== 0x7f));

/**
 * Walks the field lines of `block` from `start` (each ends with CRLF, the empty line left out) and gives the
 * lines that are kept, verbatim. Refuses everything RFC 9110 and 9112 do not allow, obsolete folding included.
 */
export function walkFields(
  block: string,
  start: number,
  limits: Limits,
  judge: FieldJudge,
): string | Refusal {
  let kept = '';
  let keptFrom = start;
  let position = start;
  let count = 0;
  while (position < block.length) {
    const colon = skip(block, position, TOKEN);
    if (colon === position || block.charCodeAt(colon) !== 58) return new Refusal(400, 'bad field name');
    const end = skip(block, colon + 1, FIELD_VALUE);
    if (block.charCodeAt(end) !== 13 || block.charCodeAt(end + 1) !== 10)
      return new Refusal(400, 'bad field value');
    if (++count > limits.fields) return new Refusal(431, 'too many fields');
    const name = lowerCase(block.slice(position, colon));
    if (judge.isKnown(name)) {
      const keep = judge.judge(name, trimmed(block, colon + 1, end));
      if (keep instanceof Refusal) return keep;
      if (!keep) {
        kept += block.slice(keptFrom, position);
        keptFrom = end + 2;
      }
    }
    position = end + 2;
  }
  return keptFrom === start ? block.slice(start) : kept + block.slice(keptFrom);
}

const lowered = new Map<string, string>();

// The same few names come again and again; a map of them is quicker than lower-casing. Clients can't fill it up.
function lowerCase(name: string): string {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (lowered.size < 1_000 && name.length <= 40) lowered.set(name, lower);
  return lower;
}

/** Is `text` one RFC 9110 token? */
export function isToken(text: string): boolean {
  return text !== '' && skip(text, 0, TOKEN) === text.length;
}

/** Members of a comma-separated list of tokens in lower case; null when one of them is no token. */
export function tokenList(value: string): string[] | null {
  if (value === 'close' || value === 'keep-alive') return [value];
  const members = value.split(',').map((member) => trimmed(member, 0, member.length).toLowerCase());
  const given = members.filter((member) => member !== '');
  return given.every(isToken) ? given : null;
}

/** `lines` without those whose lower case name is in `names`. */
export function withoutFields(lines: string, names: ReadonlySet<string>): string {
  const kept = lines
    .split('\r\n')
    .filter((line) => !names.has(line.slice(0, line.indexOf(':')).toLowerCase()));
  return kept.join('\r\n');
}

/** A Content-Length that can be trusted: digits only, and exact as a number; else null. */
export function parseLength(value: string): number | null {
  return /^[0-9]{1,15}$/.test(value) ? Number(value) : null;
}

/** Can `partial`, a head that is not complete yet, already never become a good one? */
export function isHopeless(partial: string): boolean {
  return /(?:^|[^\r])\n|\r[^\n]|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(partial);
}

// Only space and tab: String.prototype.trim would take U+00A0 (byte 0xA0) and others away too.
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function skip(text: string, from: number, table: Uint8Array): number {
  let position = from;
  while (position < text.length && table[text.charCodeAt(position)] === 1) position++;
  return position;
}

function byteTable(belongs: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (belongs(code) ? 1 : 0));
}
