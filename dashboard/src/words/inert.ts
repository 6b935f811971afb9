/**
 * Text from elsewhere without power over the text around it: control characters, and the marks that turn
 * the direction of writing (Unicode UAX 9), become visible signs.
 */
export function inert(text: string): string {
  return text
    .replace(/[\u0000-\u001f]/g, (character) => String.fromCodePoint(0x2400 + character.codePointAt(0)!))
    .replace(/[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '\ufffd');
}

/** A line that a program wrote for a terminal: without its colours (ECMA-48 SGR), and inert. */
export function plainLine(text: string): string {
  return inert(text.replace(/\u001b\[[\d;]*m/g, ''));
}

/** An address that may become a link: only the web's own kinds. */
export function isWebAddress(address: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
