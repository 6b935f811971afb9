/**
 * Packets of git's wire protocol ("pkt-line", gitprotocol-common): four hexadecimal digits with the length of all of
 * it, then the payload; `0000` ends a section.
 */

export const FLUSH = Buffer.from('0000');

/** Bands of the side-band-64k capability (gitprotocol-pack). */
export const BAND = { data: 1, progress: 2, fatal: 3 } as const;

const LONGEST_PAYLOAD = 65_515;

export function packet(payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload as string);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

/** One band's bytes, in as many packets as they need. */
export function banded(band: number, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload as string);
  const packets: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += LONGEST_PAYLOAD)
    packets.push(packet(Buffer.concat([Buffer.from([band]), bytes.subarray(at, at + LONGEST_PAYLOAD)])));
  return Buffer.concat(packets);
}

/** Cuts a stream into packets; what is not whole yet waits for the next bytes. */
export class PacketReader {
  private rest: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
  }

  /** The next packet's payload; null for a flush; undefined while it is not whole. Throws where it is no such protocol. */
  next(): Buffer | null | undefined {
    if (this.rest.length < 4) return undefined;
    const word = this.rest.toString('latin1', 0, 4);
    if (!/^[0-9a-f]{4}$/i.test(word)) throw new Error('not a packet of git');
    const length = Number.parseInt(word, 16);
    if (length > 0 && length < 4) throw new Error('not a packet of git');
    const end = Math.max(4, length);
    if (this.rest.length < end) return undefined;
    const payload = length === 0 ? null : this.rest.subarray(4, end);
    this.rest = this.rest.subarray(end);
    return payload;
  }
}
