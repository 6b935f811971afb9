/** Text that was escaped, or written by us. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Html | Html[];

/** HTML whose every value is escaped, but for what is HTML already: nothing of others gets in another way. */
export function html(texts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(
    texts.map((text, index) => text + (index < values.length ? written(values[index]!) : '')).join(''),
  );
}

function written(value: Value): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(({ text }) => text).join('');
  return escaped(String(value));
}

const NAMES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Characters that control or turn text around become visible. */
function escaped(text: string): string {
  return text
    .replaceAll(
      /[^\P{Cc}\t\n]|\p{Bidi_Control}/gu,
      (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
    )
    .replaceAll(/[&<>"']/g, (character) => NAMES[character]!);
}
