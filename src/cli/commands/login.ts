import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import { Contexts, connectRemote, contextName, loginAddress } from '../../server/index.ts';
import { hiddenWord } from '../hidden-word.ts';
import { harmless } from '../text.ts';
import { grantsText } from './user.ts';

interface Options {
  name?: string;
  json?: boolean;
}

export function loginCommand(): Command {
  return new Command('login')
    .description('Sign in to a control plane elsewhere with a token; commands speak to that one from then on')
    .argument('<url>', 'its address, such as https://escale.example.org')
    .option('--name <name>', 'how the context is called; without it after the host')
    .option('--json', 'as one JSON object')
    .action(async (address: string, options: Options) => {
      const url = loginAddress(address);
      const name = contextName(options.name, url);
      const token = plain(await askedToken(url));
      const me = await connectRemote({ url, token }).me();
      new Contexts().save({ name, url, token });
      const text = `✓ Signed in to ${url} as ${harmless(me.name)} (${harmless(grantsText(me.grants))}).
  Commands speak to the context ${name} now; \`escale context use local\` returns to this host.`;
      console.log(options.json ? JSON.stringify({ context: name, url, me }) : text);
    });
}

/** `ESCALE_TOKEN`, the input, or typed unseen; never a word of the command, which everybody can read. */
async function askedToken(url: string): Promise<string> {
  const { ESCALE_TOKEN: token } = process.env;
  if (token) return token;
  const typed = await hiddenWord(`Token for ${url}`);
  if (typed) return typed;
  throw new EscaleError('not-signed-in', 'no token was given', {
    next: 'Whoever looks after that Escale makes one: `escale token create NAME --user YOU`.',
  });
}

/** Tokens are plain words: anything else never becomes a line of a request. */
function plain(text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]{1,200}$/.test(token)) return token;
  throw new EscaleError('not-signed-in', 'what was given is no token', {
    next: 'Give it as `escale token create` printed it: one word, from esc_ on.',
  });
}
