import type { FastifyRequest } from 'fastify';
import { readsFrench } from './language.ts';
import { escaped, pageText } from './page-text.ts';

/** What was wrong with what somebody typed. */
export type SignInProblem = 'wrong' | 'wait' | 'link';
export type PasswordProblem = 'short' | 'different' | 'wait';

const EN = {
  signIn: 'Sign in to Escale',
  name: 'Name',
  password: 'Password',
  enter: 'Sign in',
  withToken: 'Or with a token',
  token: 'Token',
  useToken: 'Sign in with the token',
  onHost: 'On the machine where Escale runs, this command prints an address that signs in once:',
  problems: {
    wrong: 'Name and password, or the token, are not right.',
    wait: 'Too many tries. Wait some minutes, then try again.',
    link: 'This address has been used, or is too old. Ask for another one.',
  },
  newPassword: 'Choose your password',
  forUser: 'For',
  rule: 'At least 12 characters. A few words that only you would put together are good.',
  again: 'The same again',
  keep: 'Keep the password',
  passwordProblems: {
    short: 'A password has 12 to 256 characters.',
    different: 'The two are not the same.',
    wait: 'Too many tries. Wait some minutes, then try again.',
  },
  linkGone: 'This address is used up',
  askAgain: 'It works once, within a day. Whoever looks after Escale makes another one:',
  noRights: 'Nothing to see yet',
  askForRights:
    'You are signed in, but may not look into any environment. Whoever looks after Escale can change that:',
  leave: 'Sign out',
};

const FR: typeof EN = {
  signIn: 'Connexion à Escale',
  name: 'Nom',
  password: 'Mot de passe',
  enter: 'Se connecter',
  withToken: 'Ou avec un jeton',
  token: 'Jeton',
  useToken: 'Se connecter avec le jeton',
  onHost: 'Sur la machine où tourne Escale, cette commande affiche une adresse qui connecte une fois :',
  problems: {
    wrong: 'Le nom et le mot de passe, ou le jeton, ne conviennent pas.',
    wait: 'Trop d’essais. Attendez quelques minutes, puis réessayez.',
    link: 'Cette adresse a déjà servi, ou elle est trop ancienne. Demandez-en une autre.',
  },
  newPassword: 'Choisissez votre mot de passe',
  forUser: 'Pour',
  rule: 'Au moins 12 caractères. Quelques mots que vous seul assembleriez conviennent bien.',
  again: 'Le même encore une fois',
  keep: 'Garder ce mot de passe',
  passwordProblems: {
    short: 'Un mot de passe a de 12 à 256 caractères.',
    different: 'Les deux ne sont pas identiques.',
    wait: 'Trop d’essais. Attendez quelques minutes, puis réessayez.',
  },
  linkGone: 'Cette adresse ne sert plus',
  askAgain: 'Elle sert une fois, pendant un jour. La personne qui s’occupe d’Escale en crée une autre :',
  noRights: 'Rien à voir pour l’instant',
  askForRights:
    'Vous êtes connecté, mais aucun environnement ne vous est ouvert. La personne qui s’occupe d’Escale peut changer cela :',
  leave: 'Se déconnecter',
};

function wordsFor(request: FastifyRequest): { language: 'en' | 'fr'; words: typeof EN } {
  return readsFrench(request) ? { language: 'fr', words: FR } : { language: 'en', words: EN };
}

export function signInPage(request: FastifyRequest, problem: SignInProblem | null = null, name = ''): string {
  const { language, words } = wordsFor(request);
  const body = `${said(problem && words.problems[problem])}
<form method="post" action="/sign-in">
<label for="name">${words.name}</label>
<input id="name" name="name" value="${escaped(name)}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="200" required>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="512" required>
<button>${words.enter}</button>
</form>
<form method="post" action="/sign-in">
<h2>${words.withToken}</h2>
<label for="token">${words.token}</label>
<input id="token" name="token" type="password" autocomplete="off" spellcheck="false" maxlength="200" required>
<button>${words.useToken}</button>
</form>
<section><p>${words.onHost}</p><p><code>escale open</code></p></section>`;
  return pageText(language, { title: words.signIn, body });
}

export function passwordPage(
  request: FastifyRequest,
  { link, user, problem }: { link: string; user: string; problem: PasswordProblem | null },
): string {
  const { language, words } = wordsFor(request);
  const body = `${said(problem && words.passwordProblems[problem])}
<form method="post" action="/password">
<p>${words.forUser} <strong>${escaped(user)}</strong></p>
<input type="hidden" name="link" value="${escaped(link)}">
<input type="hidden" name="username" value="${escaped(user)}" autocomplete="username">
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="new-password" aria-describedby="rule" minlength="12" maxlength="512" required>
<p class="hint" id="rule">${words.rule}</p>
<label for="again">${words.again}</label>
<input id="again" name="again" type="password" autocomplete="new-password" maxlength="512" required>
<button>${words.keep}</button>
</form>`;
  return pageText(language, { title: words.newPassword, body });
}

export function linkGonePage(request: FastifyRequest): string {
  const { language, words } = wordsFor(request);
  const body = `<section><p>${words.askAgain}</p><p><code>escale user link</code></p></section>`;
  return pageText(language, { title: words.linkGone, body });
}

/** For somebody who is signed in and may see nothing. */
export function noRightsPage(request: FastifyRequest, user: string): string {
  const { language, words } = wordsFor(request);
  const body = `<section><p>${words.askForRights}</p><p><code>escale user grant ${escaped(user)} viewer:staging</code></p></section>
<form method="post" action="/sign-out"><button>${words.leave}</button></form>`;
  return pageText(language, { title: words.noRights, body });
}

function said(problem: string | null): string {
  return problem === null ? '' : `<p class="problem" role="alert">${problem}</p>`;
}
