import type { FastifyReply } from 'fastify';

/** A whole page in one language; `body` is markup. No script, and nothing from elsewhere. */
export function pageText(language: 'en' | 'fr', { title, body }: { title: string; body: string }): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>
`;
}

/** A page whose address may hold a word: it is kept nowhere. Its forms say where they come from, which `no-referrer` would keep them from. */
export function sendPage(reply: FastifyReply, status: number, text: string): FastifyReply {
  reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin' });
  return reply.code(status).type('text/html; charset=utf-8').send(text);
}

/** Text for markup and attributes, with nothing in it that means something there. */
export function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}

const STYLE = `
:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif;
  --line: light-dark(#8a8f98, #7d838c); --accent: light-dark(#0b5cad, #7db8f5); --on-accent: light-dark(#fff, #0a1420);
  --problem: light-dark(#a4161a, #ff9a9a); --card: light-dark(#fff, #1b1f24); --ground: light-dark(#f3f4f6, #101317); }
* { box-sizing: border-box; }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; background: var(--ground); }
main { width: min(27rem, 100%); padding: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
form, section { background: var(--card); border: 1px solid light-dark(#d5d8dd, #333941); border-radius: .6rem; padding: 1rem; margin: 0 0 1rem; }
label { display: block; margin: 0 0 .2rem; font-weight: 600; }
input { display: block; width: 100%; font: inherit; padding: .5rem .6rem; margin: 0 0 .8rem; border: 1px solid var(--line); border-radius: .4rem; }
button { font: inherit; font-weight: 600; width: 100%; padding: .55rem; border: 0; border-radius: .4rem; background: var(--accent); color: var(--on-accent); cursor: pointer; }
:is(input, button, a):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
p { margin: 0 0 .8rem; } p:last-child { margin: 0; }
.problem { color: var(--problem); font-weight: 600; }
.hint { font-size: .9rem; margin: -.5rem 0 .8rem; }
code { display: inline-block; font-size: 1rem; padding: .2rem .5rem; border: 1px solid var(--line); border-radius: .4rem; overflow-wrap: anywhere; }
`;
