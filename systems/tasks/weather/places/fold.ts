/** A name as it is compared: without case, accents, or the difference between a space, a hyphen and an apostrophe. */
export function fold(name: string): string {
  const plain = /^[\x20-\x7e]*$/.test(name) ? name : withoutAccents(name);
  return plain
    .toLowerCase()
    .replace(/[\s'’.-]+/g, ' ')
    .trim();
}

const letters: Record<string, string> = {
  ø: 'o',
  Ø: 'o',
  ł: 'l',
  Ł: 'l',
  đ: 'd',
  Đ: 'd',
  ß: 'ss',
  æ: 'ae',
  Æ: 'ae',
  œ: 'oe',
  Œ: 'oe',
  ı: 'i',
};

function withoutAccents(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[øØłŁđĐßæÆœŒı]/g, (letter) => letters[letter]!);
}

/** Whether two words are at most one insertion, deletion, replacement or swap of neighbours apart. */
export function isOneSlipAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.slice(1) === restB.slice(1)) return true;
  if (restA.slice(1) === restB || restA === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}
