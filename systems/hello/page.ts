import type { Language } from './negotiation.ts';
import type { Identity } from './settings.ts';

const words = {
  en: {
    sentence: 'Hello, World!',
    answered: 'This answer came from:',
    replica: 'Replica',
    version: 'Version',
    color: 'Colour',
  },
  fr: {
    sentence: 'Bonjour, le monde !',
    answered: 'Cette réponse vient de :',
    replica: 'Réplica',
    version: 'Version',
    color: 'Couleur',
  },
} satisfies Record<Language, Record<string, string>>;

/** The page for a browser: who answered, in its language. Complete without script, styles inline. */
export function page({ replica, version, color }: Identity, language: Language): string {
  const word = words[language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${word.sentence}</title>
<style>${style(color)}</style>
</head>
<body>
<main>
<h1>${word.sentence}</h1>
<p>${word.answered}</p>
<dl>
<dt>${word.replica}</dt><dd>${escapeHtml(replica)}</dd>
<dt>${word.version}</dt><dd>${escapeHtml(version)}</dd>
<dt>${word.color}</dt><dd><span class="swatch" aria-hidden="true"></span>${escapeHtml(color)}</dd>
</dl>
</main>
</body>
</html>
`;
}

/** `color` must be safe inside a style sheet, as `readSettings` makes it. */
function style(color: string): string {
  return `
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fdfdfc; --quiet: #595959; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --paper: #161616; --quiet: #ababab; } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; color: var(--ink); background: var(--paper);
  font: 1.125rem/1.5 system-ui, sans-serif; border-top: 0.5rem solid ${color}; box-sizing: border-box; }
main { padding: 1.5rem; max-width: 40rem; }
h1 { font-size: clamp(2rem, 8vw, 3.5rem); line-height: 1.1; margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 1.5rem; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.swatch { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.4em; border-radius: 50%;
  border: 1px solid var(--quiet); background: ${color}; }
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
