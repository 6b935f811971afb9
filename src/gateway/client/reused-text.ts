/**
 * A latin1 text that may be used again. Concatenation only makes a tree of pieces, put together each time it is
 * written; from its second use on this text is in one piece.
 */
export class ReusedText {
  private text = '';
  private uses = 0;

  /** Its first use. */
  become(text: string): string {
    this.text = text;
    this.uses = 1;
    return text;
  }

  again(): string {
    if (++this.uses === 2) this.text = inOnePiece(this.text);
    return this.text;
  }
}

/** A copy that holds on to no longer text it was cut from. */
export function inOnePiece(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('latin1');
}
